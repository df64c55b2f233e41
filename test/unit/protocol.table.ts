/** What a decoder refuses, with the code and the subject it gives for it, and names that no node may have. */

import { LIMITS, ROOT_ID } from '../../src/index.js'
import { commitHead, create, DIGEST, historyHead, ID, SUBJECT } from './protocol-heads.js'

export const REFUSED: readonly (readonly [string, unknown, string, string])[] = [
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
  ['no subject', historyHead([]), 'invalid', 'request.subjects'],
  ['too many subjects', historyHead(Array(33).fill(SUBJECT)), 'too-large', 'request.subjects'],
  ['a subject of another kind', historyHead([{ t: 'x', i: ID }]), 'invalid', 'request.subjects.0.t'],
  ['a place without a key', historyHead([{ t: 'p', p: ROOT_ID }]), 'invalid', 'request.subjects.0.k'],
  ['the root as subject', historyHead([{ t: 'n', i: ROOT_ID }]), 'invalid', 'request.subjects.0.i'],
  ['a path as directory', historyHead([{ t: 'd', p: '../x' }]), 'invalid', 'request.subjects.0.p'],
  ['a history of nothing', historyHead([SUBJECT], { limit: 0 }), 'invalid', 'request.limit'],
  ['a history too long', historyHead([SUBJECT], { limit: 1_001 }), 'too-large', 'request.limit'],
  ['a history before -1', historyHead([SUBJECT], { before: -1 }), 'invalid', 'request.before'],
  [
    'workspace too long',
    { type: 'get-chunks', workspace: 'w'.repeat(129), digests: 1 },
    'too-large',
    'request.workspace',
  ],
]

export const BAD_NAMES: readonly string[] = [
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
]
