/** Puts a draft of an earlier visit where it belongs: into its file, or beside it when that is another by now. */

import { TidemarkError } from 'tidemark'
import type { Draft } from './kept-drafts.js'
import { marked, nameOf, parentOf } from './paths.js'
import { bytesOf, contentOf, sameBytes, textOf } from './text-content.js'
import type { WorkspaceFiles } from './workspace-files.js'

/** Returns where the text stands now; null: it was saved after all. */
export async function settleDraft(files: WorkspaceFiles, { path, text, before }: Draft): Promise<string | null> {
  const file = await files.read(path)
  if (file === null && (await files.kindOf(path)) === null) {
    await files.create(path, contentOf(text, '\n').bytes)
    return path
  }
  const now = file === null ? null : textOf(await bytesOf(file))
  if (now?.shown === text) return null
  const { bytes } = contentOf(text, now?.lineEnd ?? '\n')
  if (now !== null && now.shown === before) {
    const outcome = await files.replace(path, bytes, async (seen) => sameBytes(await bytesOf(seen), now.bytes))
    if (outcome === 'written') return path
    throw new TidemarkError('busy', `'${path}' is being changed right now`, { subject: path, next: 'Reload the page.' })
  }
  return files.createBeside(parentOf(path), marked(nameOf(path), 'unsaved here'), bytes)
}
