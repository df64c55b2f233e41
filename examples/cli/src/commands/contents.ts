/** `tidemark bring` and `tidemark release`: contents that come on demand, brought to this disk and let go from it again. */

import { amount, count } from '../amount.js'
import type { Context } from '../command.js'
import { type ExitCode, exitCodeFor } from '../exit-codes.js'
import { atServer, folderEngine, type FolderEngine } from '../folder-engine.js'
import { linkedPath } from '../linked-path.js'

export async function bring(given: string, context: Context): Promise<ExitCode> {
  return at(given, context, async ({ engine }, path) => {
    const { files, left } = await engine.hydrate(path, { signal: context.signal })
    return { words: `${count(files, 'file')} brought`, told: { files, left } }
  })
}

export async function release(given: string, context: Context): Promise<ExitCode> {
  return at(given, context, async ({ engine }, path) => {
    const { files, bytes, left } = await engine.release(path, { signal: context.signal })
    return { words: `${count(files, 'file')} let go, ${amount(bytes)} free`, told: { files, bytes, left } }
  })
}

interface Done {
  readonly words: string
  readonly told: { readonly left: readonly string[] }
}

async function at(
  given: string,
  { output, home }: Context,
  run: (opened: FolderEngine, path: string) => Promise<Done>,
): Promise<ExitCode> {
  const { folder, path } = linkedPath(given)
  const opened = folderEngine(folder, home)
  const { engine, link, transport } = opened
  try {
    const { words, told } = await run(opened, path)
    const { paint } = output
    output.line(`${paint.green('✔')} ${words}`)
    for (const one of told.left) output.line(`${paint.yellow('!')} left as it is: ${one}`)
    return output.result(exitCodeFor({ guards: 0, problems: told.left.length }), { ...link, path, ...told })
  } catch (error) {
    throw atServer(error, link)
  } finally {
    await engine.stop()
    await transport.close()
  }
}
