/** Takes a file or directory away, and brings it back when that was wrong. */

import { nameOf, parentOf } from '../files/paths.js'
import { bytesOf } from '../files/text-content.js'
import type { OpenWorkspace } from './open-workspace.js'

/** Smaller files are held in memory until the notice is gone: what never went up is kept by nobody else. */
const HELD_BYTES = 16 * 1024 * 1024
/** How long the delete may take to reach the server, from where it is restored. */
const PATIENCE_MS = 15_000

export async function deletePath(workspace: OpenWorkspace, path: string): Promise<void> {
  const { files, notices, open } = workspace
  try {
    await open.settle()
    const file = await files.read(path)
    const held = file !== null && file.size <= HELD_BYTES ? await bytesOf(file) : null
    await files.remove(path)
    await workspace.select(parentOf(path) === '' ? null : parentOf(path))
    notices.tell(`${path} is deleted.`, {
      label: 'Bring back',
      run: () => void bringBack(workspace, path, held),
    })
  } catch (error) {
    notices.trouble(error)
  }
}

/** From the server, which keeps what was deleted; else from memory. */
export async function bringBack(
  workspace: OpenWorkspace,
  path: string,
  held: Uint8Array<ArrayBuffer> | null,
): Promise<void> {
  const { session, notices } = workspace
  try {
    const engine = session.needEngine()
    // The server brings back only what it knows to be deleted.
    await engine.whenSynced({ signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined)
    const restored = await engine.restore(path)
    const left = restored.left.length === 0 ? '' : ` ${restored.left.length} things in it could not be restored.`
    notices.tell(`${restored.path} is back.${left}`)
    await workspace.select(restored.path)
  } catch (error) {
    await putBack(workspace, path, held, error)
  }
}

async function putBack(
  workspace: OpenWorkspace,
  path: string,
  held: Uint8Array<ArrayBuffer> | null,
  why: unknown,
): Promise<void> {
  const { files, notices } = workspace
  try {
    if (held === null) throw why
    const at = await files.createBeside(parentOf(path), nameOf(path), held)
    notices.tell(`${at} is back.`)
    await workspace.select(at)
  } catch (error) {
    notices.trouble(error, { label: 'Bring back', run: () => void bringBack(workspace, path, held) })
  }
}
