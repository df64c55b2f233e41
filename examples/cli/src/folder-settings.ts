/** What a linked folder wants to be synced, and which way: kept beside its link, obeyed by every command. */

import type { Hydration, SyncEngineOptions, SyncMode } from 'tidemark'

export interface FolderSettings {
  readonly mode: SyncMode
  /** Which contents are on this disk. */
  readonly hydrate: Hydration
  /** Directories this device does not want, as paths below the folder. */
  readonly exclude: readonly string[]
  /** Ignore rules of this device alone. */
  readonly ignore: readonly string[]
}

/** Absent: as it was. False: none of it any more. */
export interface SettingsOptions {
  readonly mode?: SyncMode
  readonly hydrate?: Hydration
  readonly exclude?: readonly string[] | false
  readonly ignore?: readonly string[] | false
}

export const DEFAULT_SETTINGS: FolderSettings = { mode: 'two-way', hydrate: 'all', exclude: [], ignore: [] }

export function changed(before: FolderSettings, { mode, hydrate, exclude, ignore }: SettingsOptions): FolderSettings {
  return {
    mode: mode ?? before.mode,
    hydrate: hydrate ?? before.hydrate,
    exclude: exclude === undefined ? before.exclude : exclude === false ? [] : exclude.map(asPath),
    ignore: ignore === undefined ? before.ignore : ignore === false ? [] : ignore,
  }
}

export function isSame(a: FolderSettings, b: FolderSettings): boolean {
  const said = ({ mode, hydrate, exclude, ignore }: FolderSettings): string =>
    JSON.stringify([mode, hydrate, exclude, ignore])
  return said(a) === said(b)
}

export function engineSettings({ mode, hydrate, exclude, ignore }: FolderSettings): Partial<SyncEngineOptions> {
  return { mode, hydrate, scope: { exclude }, ignore }
}

/** One line for people; null when everything is as usual. */
export function settingsWords({ mode, hydrate, exclude, ignore }: FolderSettings): string | null {
  const words = [
    ...(mode === 'two-way' ? [] : [mode]),
    ...(hydrate === 'all' ? [] : ['contents on demand']),
    ...(exclude.length === 0 ? [] : [`without ${exclude.join(', ')}`]),
    ...(ignore.length === 0 ? [] : [`ignoring ${ignore.join(' ')}`]),
  ]
  return words.length === 0 ? null : words.join('; ')
}

/** As a shell completes it: with `./` in front or a slash behind. */
function asPath(text: string): string {
  return text.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
}
