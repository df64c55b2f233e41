/** `tidemark link`: says which workspace a folder belongs to, and what of it this device wants. Moves no file. */

import { resolve } from 'node:path'
import { LIMITS, TidemarkError } from 'tidemark'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { engineOf } from '../folder-engine.js'
import { changed, DEFAULT_SETTINGS, isSame, type SettingsOptions, settingsWords } from '../folder-settings.js'
import { type Home, serverUrl } from '../home.js'
import { type Link, readLinkTo, readWatched, writeLink } from '../linked-folder.js'

export interface LinkOptions extends SettingsOptions {
  readonly server?: string
}

const { workspaceNameLength } = LIMITS

export async function link(
  folder: string,
  workspace: string,
  options: LinkOptions,
  { output, home }: Context,
): Promise<ExitCode> {
  if (workspace.trim() === '' || workspace.length > workspaceNameLength) {
    throw new TidemarkError('invalid-option', `a workspace has a name of 1 to ${workspaceNameLength} characters`, {
      subject: 'workspace',
      next: "Give one such as 'notes'.",
    })
  }
  const { server, user } = home.login(options.server === undefined ? undefined : serverUrl(options.server))
  const place = { folder: resolve(folder), workspace, server }
  const known = readLinkTo(place)
  const made = { ...place, settings: changed(known?.settings ?? DEFAULT_SETTINGS, options) }
  await check(made, home)
  if (known === null || !isSame(known.settings, made.settings)) writeLink(made)
  const words = settingsWords(made.settings)
  output.line(
    `${made.folder} ${known === null ? 'is now' : 'was already'} linked to '${workspace}' of ${user} at ${server}${words === null ? '' : `\n  ${words}`}\n  next: ${nextStep(folder, made, known)}`,
  )
  return output.result(EXIT.done, { ...made, user, new: known === null })
}

const EXPECTED: Readonly<Record<string, readonly [string, string]>> = {
  scope: ['--exclude', "directories below the folder, such as 'Photos/2019'"],
  ignore: ['--ignore', "ignore rules, a line each, such as '*.log'"],
}

/** What an engine would refuse is not written down. */
async function check(made: Link, home: Home): Promise<void> {
  try {
    const { transport } = engineOf(made, home)
    await transport.close()
  } catch (error) {
    const [flag, expected] = (error instanceof TidemarkError && EXPECTED[error.subject ?? '']) || []
    if (flag === undefined) throw error
    throw new TidemarkError('invalid-option', `${flag} takes ${expected}`, {
      subject: flag,
      next: 'Give them as they stand below the folder; nothing was changed.',
      cause: error,
    })
  }
}

function nextStep(folder: string, made: Link, known: Link | null): string {
  const isChanged = known !== null && !isSame(known.settings, made.settings)
  if (isChanged && readWatched(made.folder) !== null)
    return `end the 'tidemark watch' that runs and start it again: it obeys what stood there when it started`
  return `tidemark sync ${folder}, or tidemark watch ${folder}`
}
