/** `tidemark conflicts`: the conflict copies of a folder, as this device knows them; works offline. */

import { amount } from '../amount.js'
import type { Context } from '../command.js'
import { type ExitCode, exitCodeFor } from '../exit-codes.js'
import { folderEngine } from '../folder-engine.js'
import { linkedPath } from '../linked-path.js'

export async function conflicts(given: string, { output, home, signal }: Context): Promise<ExitCode> {
  const { folder, path } = linkedPath(given)
  const { engine, link, transport } = folderEngine(folder, home)
  try {
    const found = await engine.conflicts.list({ folder: path, signal })
    const { paint } = output
    for (const { copy, path: file, mine, theirs } of found) {
      output.line(`${paint.yellow('!')} ${copy}  ${paint.dim(amount(mine.size))}`)
      output.line(`  ${file === null ? 'its file is deleted' : `beside ${file}`}  ${paint.dim(sizeOf(theirs))}`)
    }
    if (found.length === 0) output.line('No conflicts.')
    else
      output.line("Answer each: 'tidemark resolve <copy> mine|theirs|both'. 'mine' takes the copy, 'theirs' the file.")
    return output.result(exitCodeFor({ guards: 0, problems: found.length }), { ...link, conflicts: found })
  } finally {
    await engine.stop()
    await transport.close()
  }
}

function sizeOf(side: { readonly size: number } | null): string {
  return side === null ? '' : amount(side.size)
}
