/** Protocol version 1: every message round-trips, and no bytes but true ones get through (INV-33, SEC-03, 07, 10, 30, 33, 39). */

import test from 'ava'
import fc from 'fast-check'
import {
  isTidemarkError,
  LIMITS,
  ROOT_ID,
  type Answer,
  type Change,
  type Digest,
  type NodeId,
  type Request,
} from '../../src/index.js'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../../src/protocol/codec.js'
import { packFrame, unpackFrame } from '../../src/protocol/frame.js'
import { decodeManifestWire, encodeManifestWire } from '../../src/protocol/manifest-wire.js'
import { revisionWeight } from '../../src/protocol/node-wire.js'

const RUNS = { numRuns: 250, seed: 20_261 } as const
const hexOf = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => Buffer.from(raw).toString('hex'))
const digest = hexOf(32) as fc.Arbitrary<Digest>
const nodeId = hexOf(16).filter((text) => text !== ROOT_ID) as fc.Arbitrary<NodeId>
const key = hexOf(16)
const natural = fc.oneof(fc.nat(1_000), fc.maxSafeNat())
const time = fc.maxSafeInteger().map((value) => value + 0)
const bytes = (maxLength = 64) => fc.uint8Array({ minLength: 1, maxLength })
const plainText = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength })
    .filter((text) => text.length <= maxLength && !/[\p{Cc}\p{Cs}]/u.test(text))
const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'a b', '…', 'ﬁ', '\u{1F600}', 'x'.repeat(255), '"\\"'),
  plainText(40).filter((text) => !text.includes('/') && text !== '.' && text !== '..' && !/tidem/i.test(text)),
)
const attributes = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom('__proto__', 'constructor'), plainText(20)), plainText(50)), {
    maxLength: 5,
  })
  .map((pairs) => Object.fromEntries(pairs))

const node = fc
  .record({
    id: nodeId,
    parentId: fc.oneof(fc.constant(ROOT_ID), nodeId),
    names: fc.oneof(
      name.map((text) => ({ name: text, key: text })),
      fc.record({ name, key: plainText(20) }),
    ),
    shape: fc.oneof(
      fc.record({ kind: fc.constant('file'), content: digest, size: natural, modifiedAt: time }),
      fc.constant({ kind: 'directory', content: null, size: 0, modifiedAt: 0 }),
      fc.record({ kind: fc.constant('symlink'), content: fc.option(digest), size: natural, modifiedAt: time }),
    ),
    executable: fc.boolean(),
    conflictOf: fc.option(nodeId),
    extra: fc.oneof(fc.constant({}), attributes),
  })
  .filter(({ id, parentId, conflictOf }) => id !== parentId && id !== conflictOf)
  .map(({ id, parentId, names, shape, executable, conflictOf, extra }) => ({
    id,
    parentId,
    ...names,
    ...shape,
    executable,
    conflictOf,
    ...(Object.keys(extra).length === 0 ? {} : { attributes: extra }),
  }))

const optional = <T>(field: string, value: fc.Arbitrary<T>) =>
  fc.oneof(
    fc.constant({}),
    value.map((given) => ({ [field]: given })),
  )
const change = fc.oneof(
  fc.tuple(node, optional('base', natural)).map(([given, base]) => ({ type: 'create', ...given, ...base })),
  fc
    .tuple(
      fc.record({ id: nodeId, base: natural }),
      optional('placement', fc.record({ parentId: nodeId, name, key: plainText(9) })),
      optional('content', fc.record({ digest, size: natural, modifiedAt: time })),
      optional('executable', fc.boolean()),
      optional('conflictOf', fc.option(nodeId)),
    )
    .map(([given, ...rest]) =>
      rest.reduce<object>((whole, part) => ({ ...whole, ...part }), { type: 'update', ...given }),
    )
    .filter((given) => Object.keys(given).length > 3),
  fc.record({ type: fc.constant('delete'), id: nodeId, base: natural }),
) as fc.Arbitrary<Change>

const cursor = fc.record({ epoch: key, sequence: natural, hash: digest })
const witness = fc.record({ sequence: natural, hash: digest })
const groups = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
const manifest = fc
  .array(fc.record({ digest, length: fc.integer({ min: 1, max: LIMITS.chunkBytes }) }), { maxLength: 9 })
  .map((chunks) => ({ chunks, size: chunks.reduce((sum, { length }) => sum + length, 0) }))
const manifests = fc.array(
  fc.oneof(
    fc.record({ form: fc.constant('whole'), digest, manifest }),
    fc.record({ form: fc.constant('patch'), digest, base: digest, patch: fc.uint8Array({ maxLength: 40 }) }),
  ),
  { maxLength: 4 },
)
const chunks = fc.array(fc.record({ digest, encoding: fc.constant('identity'), bytes: bytes() }), { maxLength: 4 })
const token = fc.string({ unit: fc.constantFrom('a', 'z', 'A', 'Z', '0', '9', '-', '_'), minLength: 1, maxLength: 64 })
const workspace = plainText(60)
const digests = fc.uniqueArray(digest, { minLength: 1, maxLength: 9 })

const request = fc.oneof(
  fc.record({
    type: fc.constant('hello'),
    workspace,
    device: token,
    session: fc.record({ last: fc.option(token), next: token }),
    cursor: fc.option(cursor),
    witness: fc.option(witness),
  }),
  fc.record({ type: fc.constant('pull'), workspace, cursor, witness }),
  fc.record({ type: fc.constant('list'), workspace, at: fc.option(cursor), after: fc.option(nodeId) }),
  fc.record({ type: fc.constant('announce'), workspace, cursor, witness, groups, manifests }),
  fc.record({ type: fc.constant('commit'), workspace, cursor, witness, key, groups, manifests, chunks }),
  fc.record({ type: fc.constant('put'), workspace, manifests, chunks }),
  fc.record({ type: fc.constant('get-chunks'), workspace, digests }),
  fc.record({
    type: fc.constant('get-manifests'),
    workspace,
    wanted: fc.array(fc.record({ digest, have: fc.array(digest, { maxLength: LIMITS.bases }) }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
) as unknown as fc.Arbitrary<Request>

const revision = fc.oneof(
  fc.tuple(node, natural).map(([given, sequence]) => ({ id: given.id, sequence, node: given })),
  fc.record({ id: nodeId, sequence: natural, node: fc.constant(null) }),
)
const page = fc
  .tuple(fc.nat(1_000), fc.uniqueArray(revision, { maxLength: 6, selector: ({ id }) => id }), cursor)
  .map(([from, revisions, at]) => {
    const numbered = revisions.map((row, index) => ({ ...row, sequence: from + 1 + index * 2 }))
    return {
      from,
      revisions: numbered,
      cursor: { ...at, sequence: from + numbered.length * 2 + 1 },
      head: numbered.length % 2 === 0,
    }
  })
const state = fc.oneof(
  page.map((given) => ({ standing: 'current', page: given })),
  key.map((epoch) => ({ standing: 'expired', epoch })),
  key.map((epoch) => ({ standing: 'diverged', epoch })),
)
const result = fc.oneof(
  natural.map((sequence) => ({ verdict: 'accepted', sequence })),
  fc.record({ verdict: fc.constant('unchanged'), sequence: natural, current: fc.option(revision) }),
  fc
    .tuple(
      fc.record({
        verdict: fc.constant('refused'),
        reason: fc.constantFrom('stale', 'missing-chunks'),
        culprit: nodeId,
        current: fc.option(revision),
      }),
      optional('holder', revision),
      optional('missing', digests),
    )
    .map(([given, ...rest]) => Object.assign({}, given, ...rest)),
)
const results = fc.array(fc.array(result, { maxLength: 4 }), { maxLength: 4 })
const rule = key.map((boundarySeed) => ({
  algorithm: 'blake2b-256',
  keyCheck: null,
  boundarySeed,
  averages: [
    [9_000, 2_048],
    [null, 4_096],
  ],
}))
const standing = fc.constantFrom('current', 'diverged')
const answer = fc.oneof(
  fc.record({ type: fc.constant('hello'), device: fc.constantFrom('known', 'new', 'clone'), rule, state }),
  fc.record({ type: fc.constant('pull'), state }),
  fc.record({
    type: fc.constant('list'),
    at: cursor,
    revisions: fc.array(revision, { maxLength: 6 }),
    after: fc.option(nodeId),
  }),
  fc.record({ type: fc.constant('announce'), standing, results, missingChunks: digests, missingManifests: digests }),
  fc.record({
    type: fc.constant('commit'),
    standing,
    results,
    first: natural,
    last: natural,
    previousHead: natural,
    hash: digest,
  }),
  fc.record({ type: fc.constant('put'), needWhole: digests }),
  fc.record({ type: fc.constant('get-chunks'), chunks, absent: digests }),
  fc.record({ type: fc.constant('get-manifests'), manifests, absent: digests }),
  fc.record({
    type: fc.constant('error'),
    code: fc.constantFrom('busy', 'invalid', 'not-found'),
    message: fc.string(),
    subject: fc.option(fc.string()),
    retryAfterMs: fc.option(natural),
  }),
) as unknown as fc.Arbitrary<Answer>

/** Plain data, so that views and copies of bytes compare, and own properties of any name count. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (inner instanceof Uint8Array ? { bytes: [...inner] } : inner)),
  )

const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] =>
  fc.sample(arbitrary, { numRuns: count, seed: 7 })

/** Decodes, or says which TidemarkError it was; anything else is thrown on. */
function outcome(
  decode: (frame: Uint8Array) => unknown,
  frame: Uint8Array,
): { readonly value: unknown } | { readonly code: string; readonly subject: string | null } {
  try {
    return { value: decode(frame) }
  } catch (error) {
    if (!isTidemarkError(error)) throw error
    return { code: error.code, subject: error.subject }
  }
}

test('every request round-trips', (t) => {
  fc.assert(
    fc.property(request, (given) => void t.deepEqual(plain(decodeRequest(encodeRequest(given))), plain(given))),
    RUNS,
  )
})

test('every answer round-trips', (t) => {
  fc.assert(
    fc.property(answer, (given) => void t.deepEqual(plain(decodeAnswer(encodeAnswer(given))), plain(given))),
    RUNS,
  )
})

test('SEC-39: a frame cut at any byte is refused with a subject', (t) => {
  for (const [encode, decode, messages] of [
    [encodeRequest, decodeRequest, sample(request, 12)],
    [encodeAnswer, decodeAnswer, sample(answer, 12)],
  ] as const) {
    for (const message of messages) {
      const frame = (encode as (given: unknown) => Uint8Array)(message)
      for (let length = 0; length < frame.length; length++) {
        const cut = outcome(decode, frame.slice(0, length))
        if ('value' in cut || cut.subject === null)
          return t.fail(`${length} of ${frame.length}: ${JSON.stringify(cut)}`)
      }
      const longer = new Uint8Array(frame.length + 1)
      longer.set(frame)
      t.like(outcome(decode as (frame: Uint8Array) => unknown, longer), { code: 'malformed-frame', subject: 'body' })
    }
  }
  t.pass()
})

test('SEC-39: 20,000 mutated frames: refused with a subject, or a message that is valid again', (t) => {
  const frames = [
    ...sample(request, 60).map((given) => [encodeRequest(given), decodeRequest, encodeRequest] as const),
    ...sample(answer, 60).map((given) => [encodeAnswer(given), decodeAnswer, encodeAnswer] as const),
  ]
  let state = 99
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % limit
  }
  const tokens = [
    '-1',
    '1e999',
    '9007199254740993',
    'null',
    '{}',
    '[]',
    '"__proto__":{},',
    '0.5',
    '""',
    'true',
    '-0',
    '[[[[[[[[[[[[[[[[',
  ]
  let refused = 0
  for (let round = 0; round < 20_000; round++) {
    const [frame, decode, encode] = frames[below(frames.length)] ?? frames[0]!
    const copy = frame.slice()
    const at = below(copy.length)
    if (round % 3 === 0) copy[at] = (copy[at] ?? 0) ^ (1 << below(8))
    else if (round % 3 === 1) copy.copyWithin(at, below(copy.length), below(copy.length))
    else copy.set(new TextEncoder().encode(tokens[below(tokens.length)]).subarray(0, copy.length - at), at)
    const seen = outcome(decode, copy)
    if ('value' in seen) t.notThrows(() => (encode as (given: unknown) => Uint8Array)(seen.value))
    else {
      refused++
      if (seen.subject === null) t.fail(`no subject: ${seen.code}`)
    }
  }
  t.true(refused > 5_000)
  t.is(({} as Record<string, unknown>)['polluted'], undefined)
})

const ID = '1'.repeat(32)
const DIGEST = 'a'.repeat(64)
const CURSOR = { epoch: ID, sequence: 1, hash: DIGEST }
const commitHead = (group: unknown, rest: object = {}) => ({
  type: 'commit',
  workspace: 'w',
  cursor: CURSOR,
  witness: { sequence: 1, hash: DIGEST },
  key: ID,
  groups: [[group]],
  manifests: [],
  chunks: [],
  ...rest,
})
const create = (rest: object = {}) => ({ t: 'c', i: ID, p: ROOT_ID, n: 'a', c: DIGEST, s: 1, ...rest })

const REFUSED: readonly (readonly [string, unknown, string, string])[] = [
  ['no object', 7, 'invalid', 'request'],
  ['unknown type', { type: 'drop' }, 'invalid', 'request.type'],
  ['missing field', commitHead(create({ n: undefined })), 'invalid', 'request.groups.0.0.n'],
  [
    'negative sequence',
    commitHead(create(), { witness: { sequence: -1, hash: DIGEST } }),
    'invalid',
    'request.witness.sequence',
  ],
  ['fraction', commitHead(create({ s: 0.5 })), 'invalid', 'request.groups.0.0.s'],
  ['beyond a safe integer', commitHead(create({ s: 2 ** 53 })), 'invalid', 'request.groups.0.0.s'],
  ['NaN becomes null in JSON', commitHead(create({ m: Number.NaN })), 'invalid', 'request.groups.0.0.m'],
  ['number as text', commitHead(create({ s: '1' })), 'invalid', 'request.groups.0.0.s'],
  ['upper-case digest', commitHead(create({ c: DIGEST.toUpperCase() })), 'invalid', 'request.groups.0.0.c'],
  ['path in an id', commitHead(create({ i: '../'.padEnd(32, 'a') })), 'invalid', 'request.groups.0.0.i'],
  ['the root as node', commitHead(create({ i: ROOT_ID })), 'invalid', 'request.groups.0.0.i'],
  ['its own parent', commitHead(create({ p: ID })), 'invalid', 'request.groups.0.0'],
  ['file without content', commitHead(create({ c: undefined })), 'invalid', 'request.groups.0.0'],
  ['directory with content', commitHead(create({ d: 'directory' })), 'invalid', 'request.groups.0.0'],
  ['empty update', commitHead({ t: 'u', i: ID, b: 1 }), 'invalid', 'request.groups.0.0'],
  ['no group', commitHead(create(), { groups: [] }), 'invalid', 'request.groups'],
  ['empty group', commitHead(create(), { groups: [[]] }), 'invalid', 'request.groups.0'],
  ['too many changes', commitHead(create(), { groups: Array(1_001).fill([create()]) }), 'too-large', 'request.groups'],
  [
    'too many over all groups',
    commitHead(create(), { groups: [Array(600).fill(create()), Array(401).fill(create())] }),
    'too-large',
    'request.groups',
  ],
  [
    'attribute twice',
    commitHead(
      create({
        a: [
          ['x', '1'],
          ['x', '2'],
        ],
      }),
    ),
    'invalid',
    'request.groups.0.0.a',
  ],
  [
    'too many attributes',
    commitHead(create({ a: Array.from({ length: 17 }, (_, at) => [`x${at}`, '']) })),
    'too-large',
    'request.groups.0.0.a',
  ],
  [
    'attribute too long',
    commitHead(create({ a: [['x', 'y'.repeat(1_025)]] })),
    'too-large',
    'request.groups.0.0.a.0.1',
  ],
  ['chunk of nothing', commitHead(create(), { chunks: [{ l: 0 }] }), 'invalid', 'request.chunks.0.l'],
  [
    'chunk too large',
    commitHead(create(), { chunks: [{ l: LIMITS.chunkBytes + 1 }] }),
    'too-large',
    'request.chunks.0.l',
  ],
  ['chunk that is not there', commitHead(create(), { chunks: [{ l: 5 }] }), 'malformed-frame', 'chunks.digest'],
  ['too many bases', { type: 'get-manifests', workspace: 'w', wanted: [5] }, 'too-large', 'request.wanted.0'],
  ['claimed digests', { type: 'get-chunks', workspace: 'w', digests: LIMITS.chunks }, 'malformed-frame', 'digests'],
  [
    'workspace with a control character',
    { type: 'get-chunks', workspace: 'a\u0000b', digests: 1 },
    'invalid',
    'request.workspace',
  ],
  [
    'workspace with half a character',
    { type: 'get-chunks', workspace: '\ud800', digests: 1 },
    'invalid',
    'request.workspace',
  ],
  [
    'workspace too long',
    { type: 'get-chunks', workspace: 'w'.repeat(129), digests: 1 },
    'too-large',
    'request.workspace',
  ],
]

for (const [title, head, code, subject] of REFUSED) {
  test(`SEC-30, SEC-39: refused: ${title}`, (t) => {
    t.deepEqual(outcome(decodeRequest, packFrame(head, [])), { code, subject })
  })
}

for (const bad of [
  '',
  '.',
  '..',
  'a/b',
  'a\u0000',
  'a\u0085',
  '\ud800',
  'x'.repeat(256),
  'é'.repeat(128),
  '.tidemark',
  '.TideMark',
  '.tide\u200bmark',
  '.tidemark.',
]) {
  test(`SEC-10, SEC-11: the name ${JSON.stringify(bad).slice(0, 40)} is refused in changes and in pages`, (t) => {
    t.deepEqual(outcome(decodeRequest, packFrame(commitHead(create({ n: bad })), [])), {
      code: 'invalid',
      subject: 'request.groups.0.0.n',
    })
    t.deepEqual(outcome(decodeRequest, packFrame(commitHead({ t: 'u', i: ID, b: 1, l: { p: ROOT_ID, n: bad } }), [])), {
      code: 'invalid',
      subject: 'request.groups.0.0.l.n',
    })
    const revisions = [{ i: ID, q: 1, p: ROOT_ID, n: bad, c: DIGEST }]
    const hostile = packFrame({ type: 'list', at: CURSOR, revisions, after: null }, [])
    t.deepEqual(outcome(decodeAnswer, hostile), { code: 'invalid', subject: 'answer.revisions.0.n' })
  })
}

test('frames: magic, version, encoding, length, size', (t) => {
  const frame = packFrame({ type: 'get-chunks', workspace: 'w', digests: 1 }, [new Uint8Array(32)])
  const changed = (at: number, value: number) => {
    const copy = frame.slice()
    copy[at] = value
    return outcome(unpackFrame, copy)
  }
  t.true('value' in outcome(decodeRequest, frame))
  t.deepEqual(changed(0, 0x3c), { code: 'malformed-frame', subject: 'magic' })
  t.deepEqual(changed(4, 0), { code: 'malformed-frame', subject: 'version' })
  t.deepEqual(changed(4, 2), { code: 'newer-version', subject: 'version' })
  t.deepEqual(changed(5, 1), { code: 'unknown-encoding', subject: 'encoding' })
  t.deepEqual(changed(6, 0xff), { code: 'malformed-frame', subject: 'head' })
  t.deepEqual(outcome(unpackFrame, new Uint8Array(LIMITS.frameBytes + 1)), { code: 'too-large', subject: 'frame' })
  t.throws(() => packFrame({}, [new Uint8Array(LIMITS.frameBytes)]), { code: 'too-large' })
  t.deepEqual(
    outcome(decodeRequest, packFrame(commitHead(create(), { chunks: [{ l: 1, e: 'zip' }] }), [new Uint8Array(33)])),
    {
      code: 'unknown-encoding',
      subject: 'chunks.encoding',
    },
  )
})

function raw(head: string): Uint8Array {
  const text = new TextEncoder().encode(head)
  const frame = packFrame({}, [text])
  new DataView(frame.buffer).setUint32(6, text.length)
  return new Uint8Array([...frame.subarray(0, 10), ...text])
}

test('SEC-33, SEC-39: a field given twice, with an escape, or too deep is refused before parsing', (t) => {
  t.deepEqual(outcome(unpackFrame, raw('{"a":1,"a":2}')), { code: 'malformed-frame', subject: 'a' })
  t.deepEqual(outcome(unpackFrame, raw('{"a":{"b":1},"b":1,"c":"a:b\\"{"}')), {
    value: { head: { a: { b: 1 }, b: 1, c: 'a:b"{' }, body: new Uint8Array() },
  })
  t.deepEqual(outcome(unpackFrame, raw('{"\\u0061":1}')), { code: 'malformed-frame', subject: 'head' })
  t.deepEqual(outcome(unpackFrame, raw('['.repeat(2_000_000))), { code: 'malformed-frame', subject: 'head' })
  t.deepEqual(outcome(unpackFrame, raw('{"a":"')), { code: 'malformed-frame', subject: 'head' })
  t.deepEqual(outcome(unpackFrame, raw('{"a":1')), { code: 'malformed-frame', subject: 'head' })
})

test('INV-33, SEC-03, SEC-33: unknown fields are tolerated, never passed on, and reach no prototype', (t) => {
  const head = `{"type":"pull","workspace":"w","owner":"me","__proto__":{"polluted":1},"constructor":{"prototype":{}},"cursor":${JSON.stringify({ ...CURSOR, quota: 1 })},"witness":{"sequence":1,"hash":"${DIGEST}","toString":1}}`
  const decoded = decodeRequest(raw(head))
  t.deepEqual(decoded as unknown, {
    type: 'pull',
    workspace: 'w',
    cursor: CURSOR,
    witness: { sequence: 1, hash: DIGEST },
  })
  t.is((decoded as unknown as Record<string, unknown>)['polluted'], undefined)
  t.is(Object.getPrototypeOf(decoded), Object.prototype)
  const inherited = packFrame({ type: 'toString', workspace: 'w' }, [])
  t.deepEqual(outcome(decodeRequest, inherited), { code: 'invalid', subject: 'request.type' })
})

test('a rename costs few bytes: names once, defaults left out', (t) => {
  const cursor = { epoch: ID, sequence: 9, hash: DIGEST } as never
  const group: Change[] = [
    { type: 'update', id: ID as NodeId, base: 9, placement: { parentId: ROOT_ID, name: 'new name', key: 'new name' } },
  ]
  const frame = encodeRequest({
    type: 'commit',
    workspace: 'w',
    cursor,
    witness: cursor,
    key: ID,
    groups: [group],
    manifests: [],
    chunks: [],
  })
  t.true(frame.length < 600, `${frame.length} bytes`)
})

test('SEC-48: an answer that cannot belong to the request is refused', (t) => {
  const cursor = CURSOR as never
  const pull = { type: 'pull', workspace: 'w', cursor, witness: cursor } as const
  const pageAt = (from: number, rest: object = {}) => ({
    type: 'pull',
    state: { standing: 'current', page: { from, revisions: [], cursor: CURSOR, head: true, ...rest } },
  })
  const pulled = (head: unknown) => outcome((frame) => decodeAnswer(frame, pull), packFrame(head, []))
  t.true('value' in pulled(pageAt(1)))
  t.like(pulled(pageAt(0)), { code: 'invalid', subject: 'answer.state.page.from' })
  t.like(pulled(pageAt(2)), { code: 'invalid' })
  t.like(pulled(pageAt(1, { head: false })), { code: 'invalid' }, 'a page that goes nowhere')
  t.like(pulled({ type: 'put', needWhole: 0 }), { code: 'invalid', subject: 'answer.type' })
  const row = (i: string, q: number) => ({ i, q, z: true })
  const far = { cursor: { ...CURSOR, sequence: 5 } }
  t.true('value' in pulled(pageAt(1, { ...far, revisions: [row(ID, 3)] })))
  for (const revisions of [
    [row(ID, 3), row(ID, 4)],
    [row(ID, 4), row('2'.repeat(32), 3)],
    [row(ID, 1)],
    [row(ID, 6)],
  ]) {
    t.like(pulled(pageAt(1, { ...far, revisions })), { code: 'invalid' })
  }
})

test('SEC-48: a listing that does not go on, a result of another node, a chunk nobody asked for are refused', (t) => {
  const cursor = CURSOR as never
  const row = (i: string, q: number) => ({ i, q, z: true })
  const list = { type: 'list', workspace: 'w', at: null, after: ID as NodeId } as const
  const listed = (revisions: unknown, after: unknown) =>
    outcome((frame) => decodeAnswer(frame, list), packFrame({ type: 'list', at: CURSOR, revisions, after }, []))
  const live = (i: string) => ({ i, q: 1, p: ROOT_ID, n: i, c: DIGEST })
  t.true('value' in listed([live('2'.repeat(32)), live('3'.repeat(32))], '3'.repeat(32)))
  t.like(listed([live('3'.repeat(32)), live('2'.repeat(32))], null), { code: 'invalid' })
  t.like(listed([live(ID)], null), { code: 'invalid' }, 'not after what was asked')
  t.like(listed([row('2'.repeat(32), 1)], null), { code: 'invalid' }, 'a tombstone')
  t.like(listed([], ID), { code: 'invalid' }, 'a page that goes nowhere')
  const commit = {
    type: 'commit',
    workspace: 'w',
    cursor,
    witness: cursor,
    key: ID,
    groups: [[{ type: 'delete', id: ID as NodeId, base: 1 }]],
    manifests: [],
    chunks: [],
  } as const
  const committed = (results: unknown) =>
    outcome(
      (frame) => decodeAnswer(frame, commit),
      packFrame({ type: 'commit', standing: 'current', results, first: 0, last: 0, previousHead: 1, hash: DIGEST }, []),
    )
  t.true('value' in committed([[{ v: 'a', q: 2 }]]))
  for (const results of [[], [[]], [[{ v: 'a', q: 2 }], []], [[{ v: 'u', q: 2, c: row('2'.repeat(32), 2) }]]])
    t.like(committed(results), { code: 'invalid' })
  const get = { type: 'get-chunks', workspace: 'w', digests: [DIGEST as Digest] } as const
  const got = (chunksGiven: readonly Digest[], absent: readonly Digest[]) =>
    outcome(
      (frame) => decodeAnswer(frame, get),
      encodeAnswer({
        type: 'get-chunks',
        chunks: chunksGiven.map((given) => ({ digest: given, encoding: 'identity', bytes: new Uint8Array(1) })),
        absent,
      }),
    )
  t.true('value' in got([DIGEST as Digest], []))
  for (const [came, absent] of [
    [[], []],
    [['b'.repeat(64)], []],
    [[DIGEST], [DIGEST]],
  ] as const)
    t.like(got(came as readonly Digest[], absent as readonly Digest[]), { code: 'invalid' })
})

test('whole manifests: compact, and nothing but one form of each', (t) => {
  const refs = Array.from({ length: 1_000 }, (_, at) => ({
    digest: at.toString(16).padStart(64, '0') as Digest,
    length: 4_000 + at,
  }))
  const given = { chunks: refs, size: refs.reduce((sum, { length }) => sum + length, 0) }
  const wire = encodeManifestWire(given)
  t.is(wire.length, 34_000)
  t.deepEqual(decodeManifestWire(wire, 1_000), given)
  for (const count of [0, 999, 1_001, 120_000]) t.throws(() => decodeManifestWire(wire, count), { code: 'invalid' })
  const one =
    (...tail: number[]) =>
    () =>
      decodeManifestWire(Uint8Array.from([...Array<number>(32).fill(1), ...tail]), 1)
  for (const tail of [[0], [0x80, 0], [0x81, 0x80, 0], [0xff, 0xff, 0xff, 0x7f], [0x80], [0xff, 0xff, 0xff, 0xff, 1]])
    t.throws(one(...tail), { code: 'invalid' })
  t.deepEqual(one(0x80, 1)().size, 128)
  t.throws(() => encodeManifestWire({ chunks: [{ digest: DIGEST as Digest, length: 0 }], size: 0 }), {
    code: 'invalid',
  })
})

test('a revision never weighs less than it takes', (t) => {
  fc.assert(
    fc.property(revision, (given) => {
      const empty = packFrame({ type: 'list', at: CURSOR, revisions: [], after: null }, []).length
      const full = encodeAnswer({ type: 'list', at: CURSOR, revisions: [given], after: null } as never).length
      t.true(full - empty <= revisionWeight(given))
    }),
    RUNS,
  )
})
