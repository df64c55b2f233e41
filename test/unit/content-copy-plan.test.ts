/** Copy plans: what of a content is here already, exact to the byte, and no digest fetched twice. */

import test from 'ava'
import fc from 'fast-check'
import { CHUNK_MAX } from '../../src/content/averages.js'
import { type CopySource, planCopies } from '../../src/content/copy-plan.js'
import type { Digest } from '../../src/model/ids.js'
import type { ChunkRef, Manifest } from '../../src/model/manifest.js'

/** A chunk for each number; its length follows from it, 1 to 5,000. */
function chunk(number: number): ChunkRef {
  return { digest: number.toString(16).padStart(64, '0') as Digest, length: 1 + ((number * 7919) % 5_000) }
}

function manifest(numbers: readonly number[]): Manifest {
  const chunks = numbers.map(chunk)
  return { chunks, size: chunks.reduce((sum, { length }) => sum + length, 0) }
}

/** A plan as text: C source@chunks, R(epeat), F(etch). */
function planText(wanted: readonly number[], sources: Readonly<Record<string, readonly number[]>>): string {
  const given: CopySource<string>[] = Object.entries(sources).map(([name, numbers]) => ({
    name,
    manifest: manifest(numbers),
  }))
  const plan = planCopies(manifest(wanted), given)
  return plan.steps
    .map((step) => {
      const numbers = step.chunks.map(({ digest }) => Number.parseInt(digest, 16)).join(',')
      return `${step.type === 'copy' ? step.source : step.type} ${numbers}`
    })
    .join(' | ')
}

test('INV-28 places of a copy plan are exact beyond 2^31 and 2^32 bytes', (t) => {
  const giant = (numbers: readonly number[]): Manifest => {
    const chunks = numbers.map((number) => ({ ...chunk(number), length: CHUNK_MAX }))
    return { chunks, size: chunks.length * CHUNK_MAX }
  }
  const count = Math.ceil(2 ** 32 / CHUNK_MAX) + 2
  const numbers = Array.from({ length: count }, (_, at) => at)
  const changed = [2 ** 31 / CHUNK_MAX, count - 1]
  const wanted = giant(numbers.map((number) => (changed.includes(number) ? number + count : number)))
  const { steps } = planCopies(wanted, [{ name: 'old', manifest: giant(numbers) }])
  t.deepEqual(
    steps.map(({ type, to, length }) => [type, to, length]),
    [
      ['copy', 0, 2 ** 31],
      ['fetch', 2 ** 31, CHUNK_MAX],
      ['copy', 2 ** 31 + CHUNK_MAX, (count - 1) * CHUNK_MAX - 2 ** 31 - CHUNK_MAX],
      ['fetch', (count - 1) * CHUNK_MAX, CHUNK_MAX],
    ],
  )
  t.true((count - 1) * CHUNK_MAX > 2 ** 32)
})

test('copy plans', (t) => {
  const rows: readonly (readonly [string, readonly number[], Record<string, readonly number[]>, string])[] = [
    ['empty', [], { old: [1] }, ''],
    ['nothing here', [1, 2, 3], {}, 'fetch 1,2,3'],
    ['all here', [1, 2, 3], { old: [1, 2, 3] }, 'old 1,2,3'],
    ['one replaced', [1, 9, 3], { old: [1, 2, 3] }, 'old 1 | fetch 9 | old 3'],
    ['order turned', [3, 2, 1], { old: [1, 2, 3] }, 'old 3 | old 2 | old 1'],
    ['first source first', [1, 2], { staged: [1], old: [1, 2] }, 'staged 1 | old 2'],
    ['a run goes on in its source', [5, 1, 2], { staged: [1], old: [5, 1, 2] }, 'old 5,1,2'],
    ['several sources', [1, 2, 3, 4], { a: [3], b: [1, 2], c: [] }, 'b 1,2 | a 3 | fetch 4'],
    ['each digest fetched once', [7, 7, 8, 7], {}, 'fetch 7 | repeat 7 | fetch 8 | repeat 7'],
    ['repeated runs merge', [7, 8, 9, 7, 8], {}, 'fetch 7,8,9 | repeat 7,8'],
    ['a repeat never reads what it writes', [7, 8, 7, 8, 7, 8], {}, 'fetch 7,8 | repeat 7,8 | repeat 7,8'],
    ['repeated in the source', [1, 1, 1], { old: [1, 1] }, 'old 1,1 | old 1'],
  ]
  for (const [title, wanted, sources, expected] of rows) t.is(planText(wanted, sources), expected, title)
})

test('following a copy plan gives the content, and fetches no digest twice: random', (t) => {
  const numbers = fc.array(fc.nat(12), { maxLength: 40 })
  const bytesOf = (list: readonly number[]): number[] =>
    list.flatMap((number) => Array.from({ length: chunk(number).length }, (_, at) => (number * 31 + at) & 0xff))
  fc.assert(
    fc.property(numbers, fc.array(numbers, { maxLength: 3 }), (wanted, sources) => {
      const plan = planCopies(
        manifest(wanted),
        sources.map((source, name) => ({ name, manifest: manifest(source) })),
      )
      const result: number[] = []
      for (const step of plan.steps) {
        t.is(step.to, result.length)
        t.is(
          step.length,
          step.chunks.reduce((sum, { length }) => sum + length, 0),
        )
        if (step.type === 'fetch')
          for (const { digest } of step.chunks) result.push(...bytesOf([Number.parseInt(digest, 16)]))
        else {
          const from = step.type === 'copy' ? bytesOf(sources[step.source] ?? []) : result.slice()
          result.push(...from.slice(step.from, step.from + step.length))
        }
      }
      t.true(Buffer.from(result).equals(Buffer.from(bytesOf(wanted))))
      const here = new Set(sources.flat())
      t.deepEqual(
        plan.fetches.map(({ digest }) => Number.parseInt(digest, 16)),
        [...new Set(wanted)].filter((number) => !here.has(number)),
      )
      t.is(
        plan.fetchBytes,
        plan.fetches.reduce((sum, { length }) => sum + length, 0),
      )
    }),
    { numRuns: 120, seed: 2027 },
  )
})
