/** `tidemark restore`: brings back what was deleted, or an earlier state, and shows it in the folder. */

import { count } from '../amount.js'
import type { Context } from '../command.js'
import { type ExitCode, exitCodeFor } from '../exit-codes.js'
import { atServer, folderEngine } from '../folder-engine.js'
import { linkedPath } from '../linked-path.js'

export interface RestoreOptions {
  readonly sequence?: number
}

export async function restore(
  given: string,
  { sequence }: RestoreOptions,
  { output, home, signal }: Context,
): Promise<ExitCode> {
  const { folder, path } = linkedPath(given)
  const { engine, link, transport } = folderEngine(folder, home)
  try {
    // What was deleted or edited here a moment ago has to be synced before it can be taken back.
    await engine.sync({ signal })
    const restored = await engine.restore(path, sequence === undefined ? { signal } : { sequence, signal })
    const { problems, guards } = await engine.sync({ signal })
    const { paint } = output
    const done = restored.restored === 0 ? 'it was so already' : `${count(restored.restored, 'revision')} made`
    output.line(`${paint.green('✔')} ${restored.path}: ${done}`)
    for (const { path: missed, reason } of restored.left)
      output.line(`${paint.yellow('!')} not restored: ${missed} (${reason})`)
    const exit = exitCodeFor({ guards: guards.length, problems: problems.length + restored.left.length })
    return output.result(exit, { ...link, ...restored, problems, guards })
  } catch (error) {
    throw atServer(error, link)
  } finally {
    await engine.stop()
    await transport.close()
  }
}
