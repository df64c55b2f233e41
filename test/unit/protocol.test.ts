/** Protocol version 1: every message round-trips, and no bytes but true ones get through (INV-33, SEC-03, 07, 10, 30, 33, 39). */

import test from 'ava'
import fc from 'fast-check'
import { LIMITS, ROOT_ID, type Change, type Digest, type NodeId } from '../../src/index.js'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../../src/protocol/codec.js'
import { packFrame, unpackFrame } from '../../src/protocol/frame.js'
import { decodeManifestWire, encodeManifestWire } from '../../src/protocol/manifest-wire.js'
import { revisionWeight } from '../../src/protocol/node-wire.js'
import { answer, request, revision, RUNS, sample } from './protocol-arbitraries.js'
import { commitHead, create, CURSOR, DIGEST, ID, outcome } from './protocol-heads.js'
import { BAD_NAMES, REFUSED } from './protocol.table.js'

/** Plain data, so that views and copies of bytes compare, and own properties of any name count. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (inner instanceof Uint8Array ? { bytes: [...inner] } : inner)),
  )

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

for (const [title, head, code, subject] of REFUSED) {
  test(`SEC-30, SEC-39: refused: ${title}`, (t) => {
    t.deepEqual(outcome(decodeRequest, packFrame(head, [])), { code, subject })
  })
}

for (const bad of BAD_NAMES) {
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

test('SEC-48: a delta on what was not offered, and more signatures than were asked for, are refused', (t) => {
  const get = { type: 'get-chunks', workspace: 'w', digests: [DIGEST as Digest] } as const
  const base = 'c'.repeat(64) as Digest
  const delta = { digest: DIGEST as Digest, encoding: 'delta', bases: [base], bytes: new Uint8Array(1) } as const
  const asDelta = encodeAnswer({ type: 'get-chunks', chunks: [delta], absent: [] })
  t.like(
    outcome((frame) => decodeAnswer(frame, get), asDelta),
    { code: 'invalid' },
    'a base that was not offered',
  )
  t.true('value' in outcome((frame) => decodeAnswer(frame, { ...get, have: [base] }), asDelta))
  const sign = { type: 'get-signatures', workspace: 'w', digests: [DIGEST as Digest], block: 200 } as const
  const none = (count: number) => ({ type: 'get-signatures', signatures: Array<null>(count).fill(null) }) as const
  const signed = (count: number) => outcome((frame) => decodeAnswer(frame, sign), encodeAnswer(none(count)))
  t.true('value' in signed(1))
  for (const count of [0, 2]) t.like(signed(count), { code: 'invalid' })
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
