/**
 * Nasty names on real disks (INV-22): more than 500 of them, as files and as directories, arrive byte for byte. Those that
 * a workspace never holds become problems, one each, and disturb nothing.
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { compareTrees } from '../tree-comparison.js'
import { NASTY_NAMES, REFUSED_NAMES } from '../nasty-names.js'
import { fidelityWorld } from './fidelity-world.js'

function at(root: string, directory: string, name: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${root}/${directory}/`), Buffer.from(name)])
}

function bytesIn(path: string): readonly string[] {
  return readdirSync(path, { encoding: 'buffer' }).map((name) => name.toString('hex'))
}

test.serial('INV-22: 500 nasty names and more, as files and as directories, arrive byte for byte', async (t) => {
  t.timeout(180_000)
  const world = await fidelityWorld(t)
  const [a, b] = [await world.real('A'), await world.real('B')]
  for (const directory of ['f', 'd']) mkdirSync(`${a.root}/${directory}`)
  for (const [index, name] of NASTY_NAMES.entries()) {
    writeFileSync(at(a.root, 'f', name), `${index}`)
    mkdirSync(at(a.root, 'd', name))
    writeFileSync(Buffer.concat([at(a.root, 'd', name), Buffer.from('/inside')]), `${index}`)
  }
  t.true(NASTY_NAMES.length > 500)
  const sent = await a.engine.sync()
  const brought = await b.engine.sync()
  t.deepEqual([sent.problems, sent.conflicts, brought.problems, brought.conflicts], [[], [], [], []])
  const compared = compareTrees(a.source, b.source)
  t.deepEqual([...compared.differences], [])
  t.is(compared.files, 2 * NASTY_NAMES.length)
  t.is(compared.directories, 2 + NASTY_NAMES.length)
  const names = NASTY_NAMES.map((name) => Buffer.from(name).toString('hex'))
  for (const directory of ['f', 'd']) t.deepEqual([...bytesIn(`${b.root}/${directory}`)].sort(), [...names].sort())
  // And once more, from the other end: renamed, edited, removed.
  for (const [index, name] of NASTY_NAMES.entries()) {
    if (index % 3 === 0) writeFileSync(at(b.root, 'f', name), 'edited')
    if (index % 3 === 1) rmSync(at(b.root, 'd', name), { recursive: true })
  }
  b.hands.rename('f', 'renamed')
  await b.engine.sync()
  await a.engine.sync()
  t.deepEqual([...compareTrees(a.source, b.source).differences], [])
  t.deepEqual([a.engine.status.problems, b.engine.status.problems], [[], []])
})

test.serial(
  'INV-22: a name that no workspace holds is a problem of its own; everything beside it is synced',
  async (t) => {
    t.timeout(180_000)
    const world = await fidelityWorld(t)
    const [a, b] = [await world.real('A'), await world.real('B')]
    a.hands.write('f/good', '1')
    a.hands.write('f/gone', '1')
    await a.engine.sync()
    await b.engine.sync()
    for (const [index, name] of REFUSED_NAMES.entries()) {
      if (index % 2 === 0) writeFileSync(at(a.root, 'f', name), 'x')
      else {
        mkdirSync(at(a.root, 'f', name))
        writeFileSync(Buffer.concat([at(a.root, 'f', name), Buffer.from('/inside')]), 'x')
      }
    }
    a.hands.write('f/good', '2')
    a.hands.write('f/new', '3')
    a.hands.remove('f/gone')
    const report = await a.engine.sync()
    await b.engine.sync()
    t.is(new Set(report.problems.map(({ path }) => path)).size, REFUSED_NAMES.length)
    t.true(report.problems.every(({ path }) => path.startsWith('f/')))
    t.not(a.engine.status.state, 'synced')
    t.deepEqual(
      bytesIn(`${b.root}/f`)
        .map((name) => Buffer.from(name, 'hex').toString())
        .sort(),
      ['good', 'new'],
    )
    t.is(b.hands.read('f/good'), '2')
    t.deepEqual(b.engine.status.problems, [])
    // What is refused stays on its own disk, whatever happens around it.
    b.hands.rename('f', 'g')
    await b.engine.sync()
    await a.engine.sync()
    t.is(bytesIn(`${a.root}/g`).length, REFUSED_NAMES.length + 2)
    for (const name of REFUSED_NAMES) rmSync(at(a.root, 'g', name), { recursive: true })
    t.deepEqual((await a.engine.sync()).problems, [])
    await b.engine.sync()
    t.deepEqual([...compareTrees(a.source, b.source).differences], [])
  },
)

test.serial(
  'INV-22: renamed to a name that no workspace holds: nothing is deleted, and the old name comes back',
  async (t) => {
    const world = await fidelityWorld(t)
    const [a, b] = [await world.real('A'), await world.real('B')]
    a.hands.write('f/doc', '1')
    a.hands.write('d/deep/doc', '2')
    await a.engine.sync()
    await b.engine.sync()
    a.hands.rename('f/doc', 'f/Icon\r')
    a.hands.rename('d', 'd\u0001')
    for (const { engine } of [a, b, a]) t.deepEqual((await engine.sync()).conflicts, [])
    t.deepEqual([b.hands.read('f/doc'), b.hands.read('d/deep/doc')], ['1', '2'])
    t.deepEqual([a.hands.read('f/doc'), a.hands.read('d/deep/doc')], ['1', '2'])
    t.deepEqual([a.hands.read('f/Icon\r'), a.hands.read('d\u0001/deep/doc')], ['1', '2'])
    const codes = a.engine.status.problems.map(({ path, code }) => [path, code])
    t.deepEqual(codes, [
      ['d\u0001', 'invalid-name'],
      ['f/Icon\r', 'invalid-name'],
    ])
  },
)
