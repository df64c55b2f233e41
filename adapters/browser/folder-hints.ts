/** Hints between the tabs of an origin: who changed a file of a folder says so, and the tab whose engine keeps it hears it. */

import { TidemarkError } from '../../src/index.js'

const CHANNEL = 'tidemark-folder:'
/** More are told as "everything". */
const MOST_PATHS = 1_000

/** What travels. Anything else on the channel is nobody's. */
interface HintMessage {
  readonly paths: readonly string[]
}

/**
 * Says that an app changed these files of `browserFolder(name)`: paths below it, with `/`. Heard in every tab, this one
 * too. Needed only where the browser has no `FileSystemObserver`; elsewhere it does no harm.
 */
export function tellChanged(name: string, paths: readonly string[]): void {
  if (paths.some((path) => typeof path !== 'string'))
    throw new TidemarkError('invalid-option', 'a path is a text', { subject: 'paths' })
  const message: HintMessage = { paths: paths.length > MOST_PATHS ? [''] : paths }
  const channel = new BroadcastChannel(CHANNEL + name)
  channel.postMessage(message)
  channel.close()
}

/** Returns the function that ends the hearing. */
export function hearChanged(name: string, hear: (paths: readonly string[]) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL + name)
  channel.addEventListener('message', ({ data }: MessageEvent<Partial<HintMessage> | null>) => {
    const paths = data?.paths
    if (Array.isArray(paths) && paths.every((path) => typeof path === 'string')) hear(paths)
  })
  return () => channel.close()
}
