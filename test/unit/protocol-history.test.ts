/** Answers to a history request that a hostile server could give. */

import test from 'ava'
import { decodeAnswer, type NodeId, ROOT_ID } from '../../src/index.js'
import { packFrame } from '../../src/protocol/frame.js'
import { DIGEST, outcome } from './protocol-heads.js'

test('SEC-48: a history that goes up, repeats, is too long, goes on nowhere, or tells of strangers is refused', (t) => {
  const node = '1'.repeat(32) as NodeId
  const [box, other] = ['2'.repeat(32) as NodeId, '3'.repeat(32) as NodeId]
  const request = {
    type: 'history',
    workspace: 'w',
    subjects: [
      { of: 'node', id: node },
      { of: 'place', parentId: ROOT_ID, key: 'a' },
      { of: 'deletes', parentId: box },
    ],
    before: 90,
    limit: 3,
  } as const
  const row = (q: number, rest: object = {}) => ({ q, t: 5, i: node, p: other, n: 'x', c: DIGEST, ...rest })
  const told = (rows: unknown, before: unknown = null) =>
    outcome((frame) => decodeAnswer(frame, request), packFrame({ type: 'history', rows, before }, []))
  t.true('value' in told([row(9), row(8, { i: other, p: ROOT_ID, n: 'a' }), row(7, { i: other, p: box, z: true })], 7))
  t.true('value' in told([]))
  for (const [why, rows, before] of [
    ['goes up', [row(8), row(9)], null],
    ['repeats', [row(9), row(9)], null],
    ['not older than asked', [row(90)], null],
    ['too many', [row(9), row(8), row(7), row(6)], null],
    ['another node', [row(9, { i: other })], null],
    ['another place', [row(9, { i: other, p: ROOT_ID, n: 'b' })], null],
    ['not deleted', [row(9, { i: other, p: box })], null],
    ['deleted elsewhere', [row(9, { i: other, p: node, z: true })], null],
    ['goes on elsewhere', [row(9)], 8],
    ['goes on from nothing', [], 8],
    ['a file without content', [row(9, { c: undefined })], null],
    ['no time', [row(9, { t: undefined })], null],
    ['a bad name', [row(9, { n: '../x' })], null],
  ] as const)
    t.like(told(rows, before), { code: 'invalid' }, why)
})
