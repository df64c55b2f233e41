/** What the tests in a browser stand on: where Chromium is looked for, what fails a trial, what is told of two hosts. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { judge } from '../../scripts/testing/outcome.js'
import { type Adapter, type Cases, trials } from '../conformance/case.js'
import type { OpenPage } from './chromium.js'
import { ChromiumTrial } from './chromium-trial.js'
import { findChromium } from './find-chromium.js'
import type { ToldTrial } from './page/conformance-page.js'
import { messagesFromText, messagesToText } from './page/message-text.js'
import type { TrialEnd } from './page/registry-trials.js'
import { servePage } from './page-server.js'
import { compare, shown } from './side-by-side.js'
import { ALLOWED_SKIPS, NOT_IN_A_PAGE } from './skips.table.js'

function program(directory: string, name: string, says: string): string {
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`)
  chmodSync(path, 0o755)
  return path
}

test('D1 Chromium is what TIDEMARK_CHROMIUM names, else the first in PATH that answers as one', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-chromium-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const stub = program(directory, 'chromium', 'Please run: snap install chromium')
  const other = program(directory, 'google-chrome', 'Google Chrome 150.0.1')
  const named = program(directory, 'mine', 'Chromium 150.0.1 built on Debian')
  const rows: readonly (readonly [Readonly<Record<string, string>>, string | null, RegExp | null])[] = [
    [{ PATH: `/nowhere:${directory}` }, other, null],
    [{ PATH: directory, TIDEMARK_CHROMIUM: '' }, other, null],
    [{ PATH: directory, TIDEMARK_CHROMIUM: named }, named, null],
    [{ PATH: '/nowhere' }, null, /\(missing: chromium, which \.ci\/run installs\)$/],
    [{}, null, /\(missing: .+\)$/],
    [{ PATH: directory, TIDEMARK_CHROMIUM: '/nonexistent' }, null, /\(missing: chromium, .+ \/nonexistent\)$/],
    [{ PATH: directory, TIDEMARK_CHROMIUM: stub }, null, /\(missing: .+\)$/],
    [{ PATH: directory, TIDEMARK_CHROMIUM: 'google-chrome' }, null, /\(missing: .+ google-chrome\)$/],
    [{ PATH: directory, TIDEMARK_CHROMIUM: 'none' }, null, /\(capability: .+\)$/],
  ]
  for (const [env, path, lack] of rows) {
    const found = findChromium(env)
    t.is(found.path, path, JSON.stringify(env))
    if (lack === null) t.is(found.lack, null)
    else t.regex(found.lack ?? '', lack)
  }
})

test('D1 a skip for want of Chromium has a reason; under CI it counts against the run, unless it is declared', (t) => {
  const ofRun = (lack: string, ci: boolean): boolean =>
    judge([{ passed: 1, failed: 0, skipped: [`D1 ${lack}`], details: '' }], 1, ci).ok
  const missing = findChromium({ TIDEMARK_CHROMIUM: '/nonexistent' }).lack ?? ''
  const declared = findChromium({ TIDEMARK_CHROMIUM: 'none' }).lack ?? ''
  t.deepEqual([ofRun(missing, false), ofRun(missing, true)], [true, false])
  t.deepEqual([ofRun(declared, false), ofRun(declared, true)], [true, true])
})

function pageThat(end: TrialEnd, faults: readonly string[]): () => Promise<OpenPage> {
  return async () => ({
    call: async <T>() => end as T,
    reload: async () => undefined,
    faults: () => faults,
    nextFault: () => new Promise(() => undefined),
    close: async () => undefined,
  })
}

const TOLD: ToldTrial = {
  of: 'Bird',
  adapter: 'gull',
  rules: ['BIRD-1'],
  title: 'gull: BIRD-1 x',
  lacks: [],
  missing: null,
}

test('D1 a trial fails of what its case says and of what the page complains of, and passes of neither', async (t) => {
  const rows: readonly (readonly [TrialEnd, readonly string[], 'passed' | 'failed', RegExp | null])[] = [
    [{ ok: true }, [], 'passed', null],
    [{ ok: false, error: 'BrokenRule: 1 is not 2' }, [], 'failed', /1 is not 2/],
    [{ ok: true }, ['Uncaught TypeError'], 'failed', /complained:\nUncaught TypeError/],
    [{ ok: false, error: 'BrokenRule: 1 is not 2' }, ['Uncaught'], 'failed', /1 is not 2\nUncaught/],
  ]
  for (const [end, faults, outcome, message] of rows) {
    const trial = new ChromiumTrial(TOLD, pageThat(end, faults))
    t.is(trial.outcome, 'waiting')
    if (message === null) await t.notThrowsAsync(trial.run())
    else await t.throwsAsync(trial.run(), { message })
    t.is(trial.outcome, outcome)
  }
})

test('D1 a trial does not wait for a page that something went wrong in', async (t) => {
  const page: OpenPage = {
    ...(await pageThat({ ok: true }, [])()),
    call: () => new Promise(() => undefined),
    nextFault: () => Promise.reject(new TypeError('Illegal invocation')),
  }
  const trial = new ChromiumTrial(TOLD, async () => page)
  await t.throwsAsync(trial.run(), { message: /Illegal invocation/ })
  t.is(trial.outcome, 'failed')
})

test('D5 a page whose modules reach for Node is not served, and who reaches is named', async (t) => {
  const refusal = await t.throwsAsync(servePage({ modules: ['adapters/node/zlib-compressor.ts'] }))
  t.regex(refusal?.message ?? '', /adapters\/node\/zlib-compressor\.ts → node:zlib/)
})

interface Bird {
  readonly name: string
}
const BIRDS: Cases<Bird, 'wings' | 'fins'> = {
  name: 'Bird',
  cases: [
    { rule: 'BIRD-2', title: 'has a name', run: async () => undefined },
    { rule: 'BIRD-2 BIRD-10', title: 'flies', needs: ['wings'], run: async () => undefined },
    { rule: 'BIRD-3', title: 'swims', needs: ['fins'], run: async () => undefined },
  ],
}
const bird = (name: string, rest: Partial<Adapter<Bird, 'wings' | 'fins'>> = {}) =>
  trials(BIRDS, { name, make: async () => ({ name, dispose: async () => undefined }), ...rest })

test('D1 side by side stand the cases of each rule, and what the side lacks that has fewer', async (t) => {
  const inNode = [...bird('gull', { capabilities: ['wings'] }), ...bird('stone')]
  const inChromium = [...bird('trout', { capabilities: ['fins'] }), ...bird('dodo', { missing: 'none is left' })]
  await inChromium[0]!.run()
  const all = compare(inNode, inChromium)
  t.deepEqual(
    all.map(({ rule, differing, lacking }) => ({ rule, differing, lacking })),
    [
      { rule: 'BIRD-2', differing: 1, lacking: ['none is left', 'wings'] },
      { rule: 'BIRD-3', differing: 1, lacking: ['fins'] },
      { rule: 'BIRD-10', differing: 1, lacking: ['none is left', 'wings'] },
    ],
  )
  t.deepEqual(shown('Bird', all, undefined).split('\n'), [
    'Bird, cases of each rule',
    '         Node  Chromium',
    'BIRD-2   2     1         none is left, wings',
    'BIRD-3   0     1         fins',
    'BIRD-10  1     0         none is left, wings',
  ])
  const without = compare(inNode, [])
  t.true(without.every(({ differing, lacking, chromium }) => (differing > 0 || chromium === 0) && lacking.length === 0))
  t.regex(shown('Bird', without, 'it is all sea'), /^Bird, cases of each rule, none in a page: it is all sea\n/)
})

test('D1 a case that failed in Chromium is told beside its rule', async (t) => {
  const trial = new ChromiumTrial(TOLD, pageThat({ ok: false, error: 'x' }, []))
  await t.throwsAsync(trial.run())
  t.regex(shown('Bird', compare([], [trial]), undefined), /BIRD-1 +0 +1 +1 failed$/)
})

test('INV-31 messages come back from text as they were, bytes and names of any kind among them', (t) => {
  const odd = { type: 'x', bytes: Uint8Array.of(0, 255), empty: new Uint8Array(), list: [null, { n: 1 }] }
  const attributes = Object.fromEntries([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['bytes', '00'],
  ])
  const given = { requests: [{ ...odd, attributes }], answers: [] } as never
  const back = messagesFromText(messagesToText(given)) as unknown as { requests: [typeof odd & { attributes: object }] }
  t.deepEqual(back as unknown, given)
  t.deepEqual(Object.keys(back.requests[0].attributes), ['__proto__', 'constructor', 'bytes'])
})

test('A21 every row of the table has a reason, and none comes twice', (t) => {
  for (const { adapter, lacks, because } of ALLOWED_SKIPS) t.regex(because, /^[a-z].{12,}[^.]$/, `${adapter} ${lacks}`)
  for (const [name, because] of Object.entries(NOT_IN_A_PAGE)) t.regex(because, /^[a-z].{12,}[^.]$/, name)
  const rows = ALLOWED_SKIPS.map(({ of, adapter, lacks }) => `${of} ${adapter} ${lacks}`)
  t.is(new Set(rows).size, rows.length)
})
