/** What a hostile or broken peer sends (A9, SEC-07, SEC-10, SEC-39): each frame with the answer it must get. */

import {
  type Change,
  type Cursor,
  type Digest,
  encodeRequest,
  LIMITS,
  manifestDigest,
  type NodeId,
  portableHasher,
  type Request,
  ROOT_ID,
} from '../../src/index.js'

export interface Target {
  readonly cursor: Cursor
  /** A workspace of somebody else, that is there. */
  readonly foreign: string
  /** Digest of a manifest that somebody else has uploaded, whole. */
  readonly foreignContent: Digest
}

export interface BadFrame {
  readonly title: string
  readonly frame: (target: Target) => Uint8Array
  /** Code of an error answer, or the reason of a refusal. */
  readonly code: string
  /** The offending thing, as the error names it; null for refusals, which name their node. */
  readonly subject: string | RegExp | null
}

const hasher = portableHasher()
const ID = '1'.repeat(32) as NodeId
const DIGEST = 'ab'.repeat(32) as Digest
const text = new TextEncoder()
const here = text.encode('here')
const half = {
  chunks: [
    { digest: hasher.digest('chunk', here), length: here.length },
    { digest: DIGEST, length: 5 },
  ],
  size: here.length + 5,
}

/** An upload that was cut off: the server knows the manifest and one of its two chunks before the first frame comes. */
export const HALF = {
  manifest: { form: 'whole', digest: manifestDigest(hasher, half), manifest: half },
  chunk: { digest: hasher.digest('chunk', here), encoding: 'identity', bytes: here },
} as const

/** A frame made by hand: magic, version, encoding, length of the head, head, body. */
function frameOf(
  head: string,
  body = new Uint8Array(),
  prefix: { version?: number; encoding?: number } = {},
): Uint8Array {
  const bytes = text.encode(head)
  const frame = new Uint8Array(10 + bytes.length + body.length)
  frame.set(text.encode('TDMK'))
  frame.set([prefix.version ?? 1, prefix.encoding ?? 0], 4)
  new DataView(frame.buffer).setUint32(6, bytes.length)
  frame.set(bytes, 10)
  frame.set(body, 10 + bytes.length)
  return frame
}

const pull = ({ cursor }: Target, workspace = 'notes'): Request => ({
  type: 'pull',
  workspace,
  cursor,
  witness: { sequence: cursor.sequence, hash: cursor.hash },
})

function commit(
  target: Target,
  change: Partial<Change> & Record<string, unknown>,
  rest: Partial<Request> = {},
): Uint8Array {
  const create = {
    type: 'create',
    id: ID,
    parentId: ROOT_ID,
    name: 'n',
    key: 'n',
    kind: 'directory',
    content: null,
    size: 0,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
    ...change,
  } as unknown as Change
  return encodeRequest({
    ...(pull(target) as object),
    type: 'commit',
    key: nextKey(),
    groups: [[create]],
    manifests: [],
    chunks: [],
    ...rest,
  } as Request)
}

/** Each commit has a key of its own, as a device draws one for each. */
let keys = 0
const nextKey = (): string => (++keys).toString(16).padStart(32, '0')

const cut = (frame: Uint8Array, at: number): Uint8Array => frame.slice(0, at)
const named = (name: string) => (target: Target) => commit(target, { name, key: name === '' ? 'x' : 'k' })

const NAMES: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['this directory', '.'],
  ['the directory above', '..'],
  ['a way out', '../../etc/passwd'],
  ['an absolute path', '/etc/passwd'],
  ['a separator', 'a/b'],
  ['a NUL', 'a\u0000b'],
  ['a control character', 'a\u0007b'],
  ['300 bytes', 'x'.repeat(300)],
  ['300 bytes of two-byte characters', 'é'.repeat(150)],
  ['half a character', 'a\ud800'],
  ['our own directory', '.tidemark'],
  ['our own directory to a disk without case', '.TideMark'],
  ['our own directory with an invisible character', '.tide\u200bmark'],
  ['our own directory by its short name', 'TIDEMA~1'],
]

export const BAD_FRAMES: readonly BadFrame[] = [
  { title: 'nothing at all', frame: () => new Uint8Array(), code: 'malformed-frame', subject: 'frame' },
  { title: 'a web page', frame: () => text.encode('<html>hello</html>'), code: 'malformed-frame', subject: 'magic' },
  {
    title: 'a frame cut in its prefix',
    frame: (to) => cut(encodeRequest(pull(to)), 7),
    code: 'malformed-frame',
    subject: 'frame',
  },
  {
    title: 'a frame cut in its head',
    frame: (to) => cut(encodeRequest(pull(to)), 40),
    code: 'malformed-frame',
    subject: 'head',
  },
  {
    title: 'a frame cut in its body',
    frame: () => {
      const whole = encodeRequest({ type: 'get-chunks', workspace: 'notes', digests: [DIGEST] })
      return cut(whole, whole.length - 1)
    },
    code: 'malformed-frame',
    subject: 'digests',
  },
  {
    title: 'a frame with a tail',
    frame: (to) => Uint8Array.of(...encodeRequest(pull(to)), 0),
    code: 'malformed-frame',
    subject: 'body',
  },
  {
    title: 'a newer protocol',
    frame: (to) => frameOf(JSON.stringify(pull(to)), new Uint8Array(), { version: 2 }),
    code: 'newer-version',
    subject: 'version',
  },
  {
    title: 'no protocol',
    frame: (to) => frameOf(JSON.stringify(pull(to)), new Uint8Array(), { version: 0 }),
    code: 'malformed-frame',
    subject: 'version',
  },
  {
    title: 'an unknown encoding',
    frame: (to) => frameOf(JSON.stringify(pull(to)), new Uint8Array(), { encoding: 9 }),
    code: 'unknown-encoding',
    subject: 'encoding',
  },
  { title: 'a head that is no JSON', frame: () => frameOf('{ "type": '), code: 'malformed-frame', subject: 'head' },
  {
    title: 'a head that is not UTF-8',
    frame: (to) => {
      const frame = frameOf(JSON.stringify({ ...pull(to), workspace: 'n?tes' }))
      return frame.map((byte) => (byte === 0x3f ? 0xff : byte))
    },
    code: 'malformed-frame',
    subject: 'head',
  },
  {
    title: 'a head nested without end',
    frame: () => frameOf('['.repeat(5_000)),
    code: 'malformed-frame',
    subject: 'head',
  },
  {
    title: 'a field given twice',
    frame: () => frameOf('{"type":"pull","type":"list"}'),
    code: 'malformed-frame',
    subject: 'type',
  },
  {
    title: 'an unknown request',
    frame: () => frameOf('{"type":"drop-table"}'),
    code: 'invalid',
    subject: 'request.type',
  },
  {
    title: 'a number as text',
    frame: (to) => frameOf(JSON.stringify({ ...pull(to), cursor: { ...to.cursor, sequence: '1' } })),
    code: 'invalid',
    subject: 'request.cursor.sequence',
  },
  {
    title: 'a negative sequence',
    frame: (to) => encodeRequest({ ...pull(to), cursor: { ...to.cursor, sequence: -1 } } as Request),
    code: 'invalid',
    subject: 'request.cursor.sequence',
  },
  {
    title: 'a sequence beyond all',
    frame: (to) => encodeRequest({ ...pull(to), cursor: { ...to.cursor, sequence: 2 ** 53 } } as Request),
    code: 'invalid',
    subject: 'request.cursor.sequence',
  },
  {
    title: 'a path in an id',
    frame: (to) => commit(to, { id: '../'.padEnd(32, 'a') as NodeId }),
    code: 'invalid',
    subject: /groups/,
  },
  { title: 'its own parent', frame: (to) => commit(to, { parentId: ID }), code: 'invalid', subject: /groups/ },
  {
    title: 'more digests than there are',
    frame: () => frameOf(JSON.stringify({ type: 'get-chunks', workspace: 'notes', digests: LIMITS.chunks })),
    code: 'malformed-frame',
    subject: 'digests',
  },
  {
    title: 'a compressed bomb',
    frame: () => frameOf('x'.repeat(200), new Uint8Array(64), { encoding: 1 }),
    code: 'malformed-frame',
    subject: 'frame',
  },
  ...NAMES.map(
    ([title, name]): BadFrame => ({
      title: `a name that is ${title}`,
      frame: named(name),
      code: 'invalid',
      subject: 'request.groups.0.0.n',
    }),
  ),
  {
    title: 'chunk bytes that are others than their digest says',
    frame: () =>
      encodeRequest({
        type: 'put',
        workspace: 'notes',
        manifests: [],
        chunks: [{ digest: DIGEST, encoding: 'identity', bytes: text.encode('other') }],
      }),
    code: 'corrupt',
    subject: DIGEST,
  },
  {
    title: 'a manifest that is another than its digest says',
    frame: () =>
      encodeRequest({
        type: 'put',
        workspace: 'notes',
        manifests: [{ form: 'whole', digest: DIGEST, manifest: { chunks: [{ digest: DIGEST, length: 5 }], size: 5 } }],
        chunks: [],
      }),
    code: 'corrupt',
    subject: DIGEST,
  },
  {
    title: 'a commit that names an absent manifest',
    frame: (to) => commit(to, { kind: 'file', content: DIGEST, size: 5 }),
    code: 'need-manifest',
    subject: null,
  },
  {
    title: 'a commit of a known manifest that names an absent chunk',
    frame: (to) => commit(to, { kind: 'file', content: HALF.manifest.digest, size: half.size }),
    code: 'missing-chunks',
    subject: null,
  },
  {
    title: "a commit that names somebody else's content",
    frame: (to) => commit(to, { kind: 'file', content: to.foreignContent, size: 5 }),
    code: 'need-manifest',
    subject: null,
  },
  {
    title: 'a commit into a directory that is not there',
    frame: (to) => commit(to, { parentId: '2'.repeat(32) as NodeId }),
    code: 'parent-gone',
    subject: null,
  },
  {
    title: 'a change of a node that is not there',
    frame: (to) => commit(to, { type: 'update', base: 7, placement: { parentId: ROOT_ID, name: 'm', key: 'm' } }),
    code: 'stale',
    subject: null,
  },
  {
    title: "somebody else's workspace",
    frame: (to) => encodeRequest(pull(to, to.foreign)),
    code: 'not-found',
    subject: 'workspace',
  },
  {
    title: "somebody else's chunks",
    frame: (to) =>
      encodeRequest({
        type: 'get-chunks',
        workspace: to.foreign,
        digests: [hasher.digest('chunk', text.encode('their'))],
      }),
    code: 'not-found',
    subject: 'workspace',
  },
]
