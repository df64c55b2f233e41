/** `tidemark ls`: what a directory holds, here or on the server alone, as the last sync knew it. Works offline. */

import { type DirectoryItem, TidemarkError } from 'tidemark'
import { amount } from '../amount.js'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { folderEngine } from '../folder-engine.js'
import { linkedPath } from '../linked-path.js'
import type { Paint } from '../output.js'

export async function list(given: string, { output, home, signal }: Context): Promise<ExitCode> {
  const { folder, path } = linkedPath(given)
  const { engine, link, transport } = folderEngine(folder, home)
  try {
    // A paused engine opens the folder, and neither looks nor asks.
    await engine.pause()
    await engine.start({ signal })
    const items = engine.list(path)
    for (const item of items) output.line(itemWords(item, output.paint))
    if (items.length === 0) output.line(`Nothing is known in ${path === '' ? 'the folder' : path}.`)
    return output.result(EXIT.done, { ...link, path, items })
  } catch (error) {
    throw readable(error, link.folder)
  } finally {
    await engine.stop()
    await transport.close()
  }
}

function readable(error: unknown, folder: string): unknown {
  if (!(error instanceof TidemarkError) || error.code !== 'locked') return error
  return new TidemarkError('locked', error.message, {
    subject: folder,
    next: "Another 'tidemark' works on the folder: end it, or look at what is on the disk.",
    cause: error,
  })
}

function itemWords({ name, kind, size, isHere }: DirectoryItem, paint: Paint): string {
  const what = kind === 'file' ? amount(size) : kind
  const mark = isHere ? paint.green('●') : paint.dim('○')
  return `${mark} ${what.padStart(10)}  ${kind === 'directory' ? `${name}/` : name}`
}
