/** What a linked folder wants to be synced, and which way: kept beside its link, obeyed by every command. */

import type { SyncEngineOptions, SyncMode } from 'tidemark'

export interface FolderSettings {
  readonly mode: SyncMode
  /** Directories this device does not want, as paths below the folder. */
  readonly exclude: readonly string[]
  /** Ignore rules of this device alone. */
  readonly ignore: readonly string[]
}

/** Absent: as it was. False: none of it any more. */
export interface SettingsOptions {
  readonly mode?: SyncMode
  readonly exclude?: readonly string[] | false
  readonly ignore?: readonly string[] | false
}

export const DEFAULT_SETTINGS: FolderSettings = { mode: 'two-way', exclude: [], ignore: [] }

export function changed(before: FolderSettings, { mode, exclude, ignore }: SettingsOptions): FolderSettings {
  return {
    mode: mode ?? before.mode,
    exclude: exclude === undefined ? before.exclude : exclude === false ? [] : exclude.map(asPath),
    ignore: ignore === undefined ? before.ignore : ignore === false ? [] : ignore,
  }
}

export function isSame(a: FolderSettings, b: FolderSettings): boolean {
  return JSON.stringify([a.mode, a.exclude, a.ignore]) === JSON.stringify([b.mode, b.exclude, b.ignore])
}

export function engineSettings({ mode, exclude, ignore }: FolderSettings): Partial<SyncEngineOptions> {
  return { mode, scope: { exclude }, ignore }
}

/** One line for people; null when everything is as usual. */
export function settingsWords({ mode, exclude, ignore }: FolderSettings): string | null {
  const words = [
    ...(mode === 'two-way' ? [] : [mode]),
    ...(exclude.length === 0 ? [] : [`without ${exclude.join(', ')}`]),
    ...(ignore.length === 0 ? [] : [`ignoring ${ignore.join(' ')}`]),
  ]
  return words.length === 0 ? null : words.join('; ')
}

/** As a shell completes it: with `./` in front or a slash behind. */
function asPath(text: string): string {
  return text.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
}
