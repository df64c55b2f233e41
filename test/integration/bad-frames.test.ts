/** A9: what a peer can send to a real server over HTTP; whatever it is, the answer says so and the data stays as it was. */

import { join } from 'node:path'
import test from 'ava'
import { accountClient } from '../../adapters/node/account-client.js'
import { httpTransport } from '../../adapters/node/http-transport.js'
import { type Answer, decodeAnswer, describeContent, type Digest, LIMITS, portableHasher } from '../../src/index.js'
import { BAD_FRAMES, HALF, type Target } from './bad-frames.table.js'
import { PASSWORD, place, start } from './cli-world.js'
import { serverRows } from './fingerprint.js'
import { ask, hello, mkdirRequest } from './http-callers.js'

test('A9 every bad frame is answered by what is wrong with it, and the server holds what it held', async (t) => {
  t.timeout(120_000)
  const data = join(place(t), 'data')
  const server = start(t, ['serve', '--port', '0', '--json', '--data', data])
  const { url } = JSON.parse(await server.says('\n')) as { url: string }
  const account = accountClient({ url })
  const [ann, bob] = await Promise.all(
    ['ann', 'bob'].map((name) => account.register({ name, password: PASSWORD, device: 'd' })),
  )
  await account.close()
  const foreignContent = await someContent(url, bob?.token ?? '')
  const transport = httpTransport({ url, workspace: 'notes', token: ann?.token ?? '' })
  const before = await hello(transport)
  await ask(transport, mkdirRequest('notes', before, 'there already'))
  const upload = { type: 'put', workspace: 'notes', manifests: [HALF.manifest], chunks: [HALF.chunk] } as const
  t.is((await ask(transport, upload)).type, 'put')
  const target: Target = { cursor: before, foreign: 'theirs', foreignContent }
  const rows = serverRows(data)
  const send = async (body: Uint8Array): Promise<Answer> => {
    const headers = { authorization: `Bearer ${ann?.token}`, 'content-type': 'application/octet-stream' }
    const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) })
    return decodeAnswer(new Uint8Array(await response.arrayBuffer()))
  }
  for (const { title, frame, code, subject } of BAD_FRAMES) {
    const answer = await send(frame(target))
    if (subject === null) {
      const result = answer.type === 'commit' ? answer.results[0]?.[0] : undefined
      t.is<string, string>(result?.verdict === 'refused' ? result.reason : answer.type, code, title)
      continue
    }
    if (answer.type !== 'error') return t.fail(`${title} was answered by ${answer.type}`)
    t.is<string, string>(answer.code, code, `${title}: ${answer.message}`)
    if (typeof subject === 'string') t.is(answer.subject, subject, title)
    else t.regex(answer.subject ?? '', subject, title)
    t.regex(answer.next ?? '', /^\S.*\.$/, `${title}: a next step`)
    t.notRegex(`${answer.message} ${answer.next}`, /\/|node_modules|at .+:\d+/, `${title}: says nothing of the machine`)
  }
  t.deepEqual(serverRows(data), rows)
  await t.throwsAsync(transport.exchange(new Uint8Array(LIMITS.frameBytes + 1)), { code: 'too-large' })
  await transport.close()
})

/** Uploads a content into a workspace of this user, whole. */
async function someContent(url: string, token: string): Promise<Digest> {
  const transport = httpTransport({ url, workspace: 'theirs', token })
  const cursor = await hello(transport)
  const bytes = new TextEncoder().encode('their')
  const hasher = portableHasher()
  const rule = {
    algorithm: 'blake2b-256',
    keyCheck: null,
    boundarySeed: '0'.repeat(32),
    averages: [[null, 4096]],
  } as const
  const { digest, manifest } = describeContent(bytes, { hasher, rule })
  const chunks = [{ digest: hasher.digest('chunk', bytes), encoding: 'identity', bytes }]
  const file = { name: 'f', key: 'f', kind: 'file', content: digest, size: 5 } as const
  const request = mkdirRequest('theirs', cursor, 'f')
  if (request.type !== 'commit') throw new Error('no commit')
  const [change] = request.groups.flat()
  if (change?.type !== 'create') throw new Error('no create')
  const groups = [[{ ...change, ...file }]]
  const answer = await ask(transport, { ...request, groups, manifests: [{ form: 'whole', digest, manifest }], chunks })
  if (answer.type !== 'commit' || answer.last !== 1) throw new Error(`not committed: ${JSON.stringify(answer)}`)
  await transport.close()
  return digest
}
