/** Restoring over HTTP from SQLite and pack files onto a real disk: what one device brings back, the other shows. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { compareTrees } from '../tree-comparison.js'
import { chunkBytes, realWorld } from './real-device.js'

test('INV-02 edited, renamed and deleted, a file and a directory: each is restored, and the second device is equal', async (t) => {
  const world = await realWorld(t)
  const [a, b] = [await world.device('A'), await world.device('B')]
  const at = (path: string): string => join(a.root, path)
  const sync = async (): Promise<void> => {
    for (const device of [a, b, a]) await device.engine.sync()
  }
  mkdirSync(at('docs/deep'), { recursive: true })
  mkdirSync(at('kept'))
  const large = Buffer.alloc(300_000, 'a large file of many chunks, ')
  for (const name of ['one', 'two', 'three']) writeFileSync(at(`docs/deep/${name}`), `content ${name}`)
  for (let number = 0; number < 20; number++) writeFileSync(at(`kept/${number}`), `kept ${number}`)
  writeFileSync(at('docs/large'), large)
  writeFileSync(at('edited'), 'before')
  writeFileSync(at('renamed'), 'its content')
  await sync()
  writeFileSync(at('edited'), 'after, and longer')
  renameSync(at('renamed'), at('elsewhere'))
  rmSync(at('docs'), { recursive: true })
  await sync()
  t.false(existsSync(join(b.root, 'docs')))

  world.exchanges.length = 0
  const [, former] = await b.engine.history('edited')
  const [, named] = await b.engine.history('renamed')
  await b.engine.restore('edited', { sequence: former?.sequence ?? 0 })
  await b.engine.restore('renamed', { sequence: named?.sequence ?? 0 })
  const docs = await b.engine.restore('docs')
  t.like(docs, { path: 'docs', restored: 6, left: [] })
  t.is(chunkBytes(world.exchanges), 0, 'what is restored travels to nobody who does not lack it')
  await b.engine.sync()
  await sync()
  for (const { root } of [a, b]) {
    t.is(readFileSync(join(root, 'edited'), 'utf8'), 'before')
    t.is(readFileSync(join(root, 'renamed'), 'utf8'), 'its content')
    t.is(readFileSync(join(root, 'docs/deep/two'), 'utf8'), 'content two')
    t.deepEqual(readFileSync(join(root, 'docs/large')), large)
    t.false(existsSync(join(root, 'elsewhere')))
  }
  const compared = compareTrees(a.root, b.root)
  t.deepEqual([...compared.differences], [])
  t.is(compared.files, 26)
  t.deepEqual(
    Buffer.from(await a.engine.readFile('edited', { sequence: former?.sequence ?? 0 })),
    Buffer.from('before'),
  )
})

test('a conflict on real disks is answered on the other device, and both show the answer', async (t) => {
  const world = await realWorld(t)
  const [a, b] = [await world.device('A'), await world.device('B')]
  writeFileSync(join(a.root, 'f.txt'), 'base')
  for (const device of [a, b]) await device.engine.sync()
  writeFileSync(join(a.root, 'f.txt'), 'of A')
  writeFileSync(join(b.root, 'f.txt'), 'of B, longer')
  for (const device of [a, b, a]) await device.engine.sync()
  const [entry] = await a.engine.conflicts.list()
  const { mine, theirs, base } = await a.engine.conflicts.contents(entry?.copy ?? '')
  const told = [mine, theirs, base].map((bytes) => new TextDecoder().decode(bytes ?? undefined))
  t.deepEqual(told, ['of B, longer', 'of A', 'base'])
  await a.engine.conflicts.resolve(entry?.copy ?? '', 'mine')
  for (const device of [a, b]) await device.engine.sync()
  for (const { root } of [a, b]) t.is(readFileSync(join(root, 'f.txt'), 'utf8'), 'of B, longer')
  t.deepEqual([...compareTrees(a.root, b.root).differences], [])
  t.is(compareTrees(a.root, b.root).files, 1)
})
