/** What publint says of the package as it would be published; every suggestion counts. */
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packed } from './pack.js'

export async function publintFaults(root: string): Promise<readonly string[]> {
  const bytes = await packed(root)
  const tarball = new Uint8Array(bytes).buffer
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
  return messages.map((message) => {
    const text = formatMessage(message, pkg, { color: false }) ?? message.code
    return `package.json: ${text} (publint: ${message.code})`
  })
}
