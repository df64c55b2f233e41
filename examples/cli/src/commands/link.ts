/** `tidemark link`: says which workspace a folder belongs to. Moves no file. */

import { resolve } from 'node:path'
import { LIMITS, TidemarkError } from 'tidemark'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { serverUrl } from '../home.js'
import { writeLink } from '../linked-folder.js'

export interface LinkOptions {
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
  const made = { folder: resolve(folder), workspace, server }
  const state = writeLink(made)
  output.line(
    `${made.folder} ${state === 'new' ? 'is now' : 'was already'} linked to '${workspace}' of ${user} at ${server}\n  next: tidemark sync ${folder}, or tidemark watch ${folder}`,
  )
  return output.result(EXIT.done, { ...made, user, new: state === 'new' })
}
