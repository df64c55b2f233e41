/** Every request and answer of protocol version 1, by seeded chance: only messages that are valid. */

import fc from 'fast-check'
import { LIMITS, ROOT_ID, type Answer, type Change, type Digest, type NodeId, type Request } from '../../src/index.js'

export const RUNS = { numRuns: 250, seed: 20_261 } as const
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
const chunks = fc.array(
  fc.oneof(
    fc.record({ digest, encoding: fc.constant('identity'), bytes: bytes() }),
    fc.record({
      digest,
      encoding: fc.constant('delta'),
      bases: fc.array(digest, { minLength: 1, maxLength: LIMITS.deltaBases }),
      bytes: bytes(),
    }),
  ),
  { maxLength: 4 },
)
const token = fc.string({ unit: fc.constantFrom('a', 'z', 'A', 'Z', '0', '9', '-', '_'), minLength: 1, maxLength: 64 })
const workspace = plainText(60)
const digests = fc.uniqueArray(digest, { minLength: 1, maxLength: 9 })

/** With and without the field, whose names may be of a later version. */
const accepting = fc.option(fc.array(fc.constantFrom('deflate', 'brotli', 'zstd-9'), { maxLength: LIMITS.encodings }), {
  nil: undefined,
})
const withAccept = <T extends object>(given: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.tuple(given, accepting).map(([message, accept]) => (accept === undefined ? message : { ...message, accept }))

export const request = fc.oneof(
  withAccept(
    fc.record({
      type: fc.constant('hello'),
      workspace,
      device: token,
      session: fc.record({ last: fc.option(token), next: token }),
      cursor: fc.option(cursor),
      witness: fc.option(witness),
    }),
  ),
  withAccept(
    fc
      .tuple(fc.record({ type: fc.constant('pull'), workspace, cursor, witness }), optional('brief', fc.constant(true)))
      .map(([message, brief]) => ({ ...message, ...brief })),
  ),
  withAccept(fc.record({ type: fc.constant('list'), workspace, at: fc.option(cursor), after: fc.option(nodeId) })),
  fc.record({ type: fc.constant('announce'), workspace, cursor, witness, groups, manifests }),
  fc.record({ type: fc.constant('commit'), workspace, cursor, witness, key, groups, manifests, chunks }),
  fc.record({ type: fc.constant('put'), workspace, manifests, chunks }),
  withAccept(
    fc
      .tuple(fc.record({ type: fc.constant('get-chunks'), workspace, digests }), optional('have', digests))
      .map(([message, have]) => ({ ...message, ...have })),
  ),
  withAccept(
    fc.record({
      type: fc.constant('get-signatures'),
      workspace,
      digests,
      block: fc.integer({ min: LIMITS.blockLeast, max: LIMITS.blockMost }),
    }),
  ),
  withAccept(
    fc.record({
      type: fc.constant('get-manifests'),
      workspace,
      wanted: fc.array(fc.record({ digest, have: fc.array(digest, { maxLength: LIMITS.bases }) }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
  ),
  withAccept(
    fc.record({
      type: fc.constant('history'),
      workspace,
      subjects: fc.array(
        fc.oneof(
          fc.record({ of: fc.constant('node'), id: nodeId }),
          fc.record({ of: fc.constant('place'), parentId: fc.oneof(fc.constant(ROOT_ID), nodeId), key: plainText(20) }),
          fc.record({ of: fc.constant('deletes'), parentId: fc.oneof(fc.constant(ROOT_ID), nodeId) }),
        ),
        { minLength: 1, maxLength: LIMITS.historySubjects },
      ),
      before: fc.option(natural),
      limit: fc.integer({ min: 1, max: LIMITS.pageRevisions }),
    }),
  ),
  withAccept(fc.record({ type: fc.constant('arriving'), workspace })),
) as unknown as fc.Arbitrary<Request>

export const revision = fc.oneof(
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
export const answer = fc.oneof(
  fc
    .tuple(
      fc.record({ type: fc.constant('hello'), device: fc.constantFrom('known', 'new', 'clone'), rule, state }),
      accepting,
      optional('deltas', fc.boolean()),
    )
    .map(([message, encodings, deltas]) => ({ ...message, ...deltas, ...(encodings && { encodings }) })),
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
  fc.record({
    type: fc.constant('get-signatures'),
    signatures: fc.array(
      fc.option(fc.record({ length: fc.integer({ min: 1, max: LIMITS.chunkBytes }), blocks: bytes() })),
      { maxLength: 4 },
    ),
  }),
  fc.record({ type: fc.constant('get-manifests'), manifests, absent: digests }),
  fc.record({
    type: fc.constant('history'),
    rows: fc.array(fc.record({ sequence: natural, acceptedAt: time, deleted: fc.boolean(), node }), { maxLength: 6 }),
    before: fc.option(natural),
  }),
  fc.record({
    type: fc.constant('arriving'),
    contents: fc.uniqueArray(
      fc.record({
        id: nodeId,
        path: fc.array(name, { minLength: 1, maxLength: 6 }),
        content: digest,
        size: natural,
      }),
      { maxLength: 4, selector: ({ id }) => id },
    ),
  }),
  fc
    .tuple(
      fc.record({
        type: fc.constant('error'),
        code: fc.constantFrom('busy', 'invalid', 'not-found'),
        message: fc.string(),
        subject: fc.option(fc.string()),
        retryAfterMs: fc.option(natural),
      }),
      optional('next', fc.string()),
    )
    .map(([given, next]) => ({ ...given, ...next })),
) as unknown as fc.Arbitrary<Answer>

export const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] =>
  fc.sample(arbitrary, { numRuns: count, seed: 7 })
