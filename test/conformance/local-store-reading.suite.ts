/** Rules of a local store, part 1: the root, listing, reading, staging. */

import assert from 'node:assert/strict'
import { describeContent, portableHasher, type Listing, type LocalStore } from '../../src/index.js'
import {
  Hands,
  type LocalCase,
  type LocalSubject,
  RULE,
  at,
  bytes,
  entryAt,
  failsWith,
  isDone,
  opened,
  staged,
} from './local-store.subject.js'

function complete(listing: Listing | undefined): ReadonlyMap<string, string> {
  assert.equal(listing?.state, 'complete', JSON.stringify(listing))
  const { entries } = listing
  return new Map(entries.map((entry) => [entry.name, entry.kind]))
}

function unknown(listing: Listing | undefined, code: string): void {
  assert.equal(listing?.state, 'unknown', JSON.stringify(listing))
  assert.equal(listing.problem.code, code)
}

async function refusesRoot(subject: LocalSubject, root: string, code: string): Promise<void> {
  const store = subject.store({ at: root })
  await failsWith(store.open(), code)
  await store.close()
}

async function tree(hands: Hands): Promise<void> {
  await hands.mkdir('d')
  await hands.mkdir('d/e')
  await hands.write('a.txt', 'alpha')
  await hands.write('d/b.txt', 'beta')
  await hands.write('d/e/c.txt', 'gamma')
}

const ROOT_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-8',
    title: 'a first open makes a private .tidemark and a new identity; a second finds the same one',
    run: async (subject) => {
      const hands = new Hands(subject)
      const first = subject.store()
      const root = await first.open()
      assert.equal(root.known, false)
      assert.match(root.identity, /^[0-9a-f]{32}$/)
      assert.equal(root.tick, 0)
      await first.close()
      for (const own of ['', '/staging', '/moving', '/trash']) assert.equal(await hands.mode(`.tidemark${own}`), 0o700)
      assert.equal(await hands.mode('.tidemark/root.json'), 0o600)
      const second = subject.store()
      assert.deepEqual(await second.open(), { known: true, identity: root.identity, tick: 0 })
      await second.close()
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'a root that is missing, a file or a symlink is refused and stays as it is',
    run: async (subject) => {
      const hands = new Hands(subject)
      await hands.write('file', 'x')
      await hands.mkdir('real')
      await subject.symlink(hands.path('real'), hands.path('link'))
      await refusesRoot(subject, hands.path('none'), 'root-missing')
      await refusesRoot(subject, hands.path('file/below'), 'root-missing')
      await refusesRoot(subject, hands.path('file'), 'root-not-a-directory')
      await refusesRoot(subject, hands.path('link'), 'root-not-a-directory')
      assert.deepEqual(await hands.names('real'), [])
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'the top of the disk, a place inside another root and a place inside .tidemark are refused',
    run: async (subject) => {
      await opened(subject, async (_store, hands) => {
        await hands.mkdir('d')
        await hands.mkdir('d/e')
        await refusesRoot(subject, '/', 'root-nested')
        await refusesRoot(subject, hands.path('d'), 'root-nested')
        await refusesRoot(subject, hands.path('d/e'), 'root-nested')
        await refusesRoot(subject, hands.path('.tidemark/trash'), 'root-nested')
        assert.deepEqual(await hands.names('d'), ['e'])
      })
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'a second holder of a root is refused until the first one closes',
    run: async (subject) => {
      const first = subject.store()
      await first.open()
      const second = subject.store()
      await failsWith(second.open(), 'locked')
      await failsWith(first.open(), 'locked')
      await first.close()
      await second.open()
      await second.close()
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'a .tidemark that is a link or a file is refused',
    run: async (subject) => {
      const hands = new Hands(subject)
      await hands.mkdir('one')
      await hands.mkdir('elsewhere')
      await hands.mkdir('two')
      await subject.symlink(hands.path('elsewhere'), hands.path('one/.tidemark'))
      await hands.write('two/.tidemark', 'x')
      await refusesRoot(subject, hands.path('one'), 'root-unreadable')
      await refusesRoot(subject, hands.path('two'), 'root-unreadable')
      assert.deepEqual(await hands.names('elsewhere'), [])
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'a root without the right to write is refused',
    needs: ['mode-bits'],
    run: async (subject) => {
      const hands = new Hands(subject)
      await hands.chmod('', 0o500)
      await failsWith(subject.store().open(), 'root-unreadable')
      await hands.chmod('', 0o755)
    },
  },
  {
    rule: 'LOCAL-9',
    title: 'a newer format is refused and not a byte is changed',
    run: async (subject) => {
      const hands = new Hands(subject)
      await hands.mkdir('.tidemark')
      await hands.write('.tidemark/root.json', '{"format":"tidemark-root","version":99,"what":"ever"}')
      await failsWith(subject.store().open(), 'newer-version')
      assert.deepEqual(await hands.names('.tidemark'), ['root.json'])
      assert.equal(await hands.read('.tidemark/root.json'), '{"format":"tidemark-root","version":99,"what":"ever"}')
    },
  },
  {
    rule: 'LOCAL-9',
    title: 'a damaged identity is told, not replaced',
    run: async (subject) => {
      const hands = new Hands(subject)
      await hands.mkdir('.tidemark')
      for (const damage of [
        '',
        '{',
        '[]',
        '{"format":"other","version":1}',
        '{"format":"tidemark-root","version":1,"identity":"x"}',
      ]) {
        await hands.write('.tidemark/root.json', damage)
        await failsWith(subject.store().open(), 'corrupt')
        assert.equal(await hands.read('.tidemark/root.json'), damage)
      }
    },
  },
  {
    rule: 'LOCAL-10',
    title: 'check passes on the root that was opened, and names how it was lost',
    run: async (subject) => {
      const { disk } = subject
      const inside = `${subject.root}/inside`
      await disk.mkdir(inside)
      const store = subject.store({ at: inside })
      await store.open()
      await store.check()
      await disk.rename(inside, `${subject.root}/away`)
      await failsWith(store.check(), 'root-missing')
      await disk.mkdir(inside)
      await failsWith(store.check(), 'root-replaced')
      await disk.rmdir(inside)
      await subject.symlink(`${subject.root}/away`, inside)
      await failsWith(store.check(), 'root-not-a-directory')
      await disk.unlink(inside)
      await disk.rename(`${subject.root}/away`, inside)
      await store.check()
      await disk.unlink(`${inside}/.tidemark/root.json`)
      await failsWith(store.check(), 'root-replaced')
      await store.close()
    },
  },
  {
    rule: 'INV-19',
    title: 'a root that was replaced lists as unknown, never as empty, and is not written to',
    run: async (subject) => {
      const { disk } = subject
      const inside = `${subject.root}/inside`
      await disk.mkdir(inside)
      const store = subject.store({ at: inside })
      await store.open()
      await staged(store, 's', 'text')
      await disk.rename(inside, `${subject.root}/away`)
      assert.equal((await store.list('')).state, 'unknown')
      assert.equal((await store.stat('x')).state, 'unknown')
      await disk.mkdir(inside)
      assert.equal((await store.list('')).state, 'unknown')
      assert.equal((await store.list('d')).state, 'unknown')
      assert.equal((await store.stat('x')).state, 'unknown')
      assert.deepEqual(await store.create('s', at('x')), { outcome: 'moved' })
      assert.deepEqual(await disk.readdir(inside), [])
      await disk.rmdir(inside)
      await disk.rename(`${subject.root}/away`, inside)
      await store.close()
    },
  },
  {
    rule: 'LOCAL-10',
    title: 'check names a root whose marker says nothing any more',
    run: async (subject) => {
      const hands = new Hands(subject)
      const store = subject.store()
      await store.open()
      for (const damage of ['{"format":"tide', '{"format":"tidemark-root","version":99}', '']) {
        await hands.write('.tidemark/root.json', damage)
        await failsWith(store.check(), 'root-replaced')
      }
      await store.close()
    },
  },
  {
    rule: 'LOCAL-11',
    title: 'the tick is written to no other root than the one that was opened',
    run: async (subject) => {
      const { disk } = subject
      const inside = `${subject.root}/inside`
      await disk.mkdir(inside)
      const store = subject.store({ at: inside })
      await store.open()
      await disk.rename(inside, `${subject.root}/away`)
      await failsWith(store.setTick(5), 'root-missing')
      const hands = new Hands(subject)
      await hands.mkdir('inside')
      await hands.mkdir('inside/.tidemark')
      const marker = JSON.stringify({ format: 'tidemark-root', version: 1, identity: '9'.repeat(32), tick: 0 })
      await hands.write('inside/.tidemark/root.json', marker)
      await failsWith(store.setTick(5), 'root-replaced')
      assert.equal(await hands.read('inside/.tidemark/root.json'), marker)
      await store.close()
    },
  },
  {
    rule: 'LOCAL-11',
    title: 'the tick is there at the next open',
    run: async (subject) => {
      await opened(subject, (store) => store.setTick(41))
      const store = subject.store()
      assert.equal((await store.open()).tick, 41)
      await store.close()
    },
  },
  {
    rule: 'LOCAL-21',
    title: 'close can be repeated, ends every call, and a store can be opened again',
    run: async (subject) => {
      const store = subject.store()
      await failsWith(store.list(''), 'closed')
      await store.open()
      await store.close()
      await store.close()
      await failsWith(store.list(''), 'closed')
      await failsWith(store.create('s', at('x')), 'closed')
      await failsWith(store.flush([]), 'closed')
      assert.throws(() => store.traits)
    },
  },
]

const LISTING_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-1',
    title: 'a listing tells name, kind, size and executable bit of every entry, and nothing of our own',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        await hands.write('run.sh', '#!')
        await hands.chmod('run.sh', 0o755)
        await subject.symlink(hands.path('a.txt'), hands.path('link'))
        assert.deepEqual([...complete(await store.list(''))].sort(), [
          ['a.txt', 'file'],
          ['d', 'directory'],
          ['link', 'symlink'],
          ['run.sh', 'file'],
        ])
        assert.equal((await entryAt(store, 'a.txt')).stamp.size, 5)
        assert.equal((await entryAt(store, 'run.sh')).executable, store.traits.executableBit)
        assert.equal((await entryAt(store, 'a.txt')).executable, false)
      }),
  },
  {
    rule: 'LOCAL-1',
    title: 'what is no directory, or below none, is absent',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        for (const path of ['none', 'none/x', 'a.txt', 'a.txt/x', 'd/e/c.txt']) {
          assert.deepEqual(await store.list(path), { state: 'absent' }, path)
        }
      }),
  },
  {
    rule: 'LOCAL-1',
    title: 'an unreadable directory is unknown, never empty',
    needs: ['mode-bits'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        await hands.chmod('d', 0o000)
        unknown(await store.list('d'), 'unlisted')
        assert.equal((await store.list('d/e')).state, 'unknown')
        await hands.chmod('d', 0o755)
        assert.equal((await store.list('d')).state, 'complete')
      }),
  },
  {
    rule: 'SEC-12',
    title: 'a link to a directory is not entered, and nothing below it is absent',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        await subject.symlink(hands.path('d'), hands.path('link'))
        await subject.symlink(hands.path('gone'), hands.path('dangling'))
        unknown(await store.list('link'), 'symlink')
        unknown(await store.list('link/e'), 'symlink')
        unknown(await store.list('dangling'), 'symlink')
        assert.equal((await store.stat('link/b.txt')).state, 'unknown')
        assert.equal((await store.describe('link/b.txt', RULE)).state, 'unknown')
        assert.equal((await entryAt(store, 'link')).kind, 'symlink')
        const scanned = await store.scan([''], { deep: true })
        assert.deepEqual([...scanned.keys()], ['', 'd', 'd/e'])
      }),
  },
  {
    rule: 'SEC-15',
    title: 'a FIFO is listed as special and never opened',
    needs: ['special-files'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await subject.special(hands.path('fifo'))
        assert.equal(complete(await store.list('')).get('fifo'), 'special')
        const description = await store.describe('fifo', RULE)
        assert.equal(description.state, 'unknown')
        assert.equal((await store.read('fifo', (await entryAt(store, 'fifo')).stamp, [])).state, 'moved')
      }),
  },
  {
    rule: 'LOCAL-2',
    title: 'stat tells what is there; our own and what climbs out is absent',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        assert.equal((await entryAt(store, 'd/e/c.txt')).kind, 'file')
        assert.equal((await entryAt(store, '')).kind, 'directory')
        for (const path of [
          'x',
          'x/y',
          'a.txt/y',
          '.tidemark',
          '.tidemark/root.json',
          '..',
          '../x',
          'd/../a.txt',
          './a.txt',
          'd//e',
        ]) {
          assert.deepEqual(await store.stat(path), { state: 'absent' }, path)
        }
      }),
  },
  {
    rule: 'LOCAL-12',
    title: 'scan answers in the order asked, each once, the rest below when deep',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        const flat = await store.scan(['d/e', 'none', '', 'd/e'], { deep: false })
        assert.deepEqual([...flat.keys()], ['d/e', 'none', ''])
        assert.equal(flat.get('none')?.state, 'absent')
        const deep = await store.scan(['d'], { deep: true })
        assert.deepEqual([...deep.keys()], ['d', 'd/e'])
        assert.deepEqual([...complete(deep.get('d'))].sort(), [
          ['b.txt', 'file'],
          ['e', 'directory'],
        ])
      }),
  },
  {
    rule: 'LOCAL-12',
    title: 'a few hundred directories are all listed',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        for (let index = 0; index < 150; index++) {
          await hands.mkdir(`d${index}`)
          await hands.write(`d${index}/f`, String(index))
        }
        const found = await store.scan([''], { deep: true })
        assert.equal(found.size, 151)
        for (const [path, listing] of found) assert.equal(complete(listing).size, path === '' ? 150 : 1)
      }),
  },
  {
    rule: 'LOCAL-1',
    title: 'another root inside is a boundary, not entered, not listed',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.mkdir('d/.tidemark')
        await hands.write('d/x', 'x')
        assert.equal((await entryAt(store, 'd')).boundary, 'nested-root')
        unknown(await store.list('d'), 'nested-root')
        assert.deepEqual([...(await store.scan([''], { deep: true })).keys()], [''])
      }),
  },
  {
    rule: 'INV-22',
    title: 'a name that is not valid Unicode is told as such and hides no sibling',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await subject.invalidName(hands.path(''))
        const alone = await store.list('')
        assert.equal(alone.state, 'complete')
        const [first] = alone.entries
        assert.equal(first?.validName, false)
        await hands.write(first.name, 'look-alike')
        const both = (await store.list('')) as Extract<Listing, { state: 'complete' }>
        assert.equal(both.entries.length, 2)
        assert.equal(new Set(both.entries.map((entry) => entry.name)).size, 2)
        assert.equal(both.entries.find((entry) => entry.validName)?.name, first.name)
      }),
  },
  {
    rule: 'SEC-11',
    title: 'names that some disk takes for .tidemark are no valid names',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        for (const name of ['.TIDEMARK', '.tidemark.', '.tide\u200bmark', 'TIDEMA~1']) {
          await hands.write(`d/${name}`, 'x')
          assert.equal((await entryAt(store, `d/${name}`)).validName, false, name)
        }
      }),
  },
]

const CONTENT_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-3',
    title: 'a description is that of the bytes, for any size',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        for (const size of [0, 1, 2_047, 70_000, 3_000_000]) {
          const text = 'the quick brown fox '.repeat(Math.ceil(size / 20)).slice(0, size)
          await hands.write('f', text)
          const description = await store.describe('f', RULE)
          assert.equal(description.state, 'read')
          const wanted = describeContent(bytes(text), { hasher: portableHasher(), rule: RULE })
          const read = description
          assert.equal(read.digest, wanted.digest)
          assert.deepEqual(read.manifest, wanted.manifest)
          assert.deepEqual(read.stamp, (await entryAt(store, 'f')).stamp)
        }
      }),
  },
  {
    rule: 'LOCAL-3',
    title: 'what is no file has no description',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        await subject.symlink(hands.path('a.txt'), hands.path('link'))
        assert.deepEqual(await store.describe('none', RULE), { state: 'absent' })
        assert.deepEqual(await store.describe('none/x', RULE), { state: 'absent' })
        assert.equal((await store.describe('d', RULE)).state, 'unknown')
        assert.equal((await store.describe('link', RULE)).state, 'unknown')
      }),
  },
  {
    rule: 'LOCAL-3',
    title: 'an aborted description fails as such',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        const signal = AbortSignal.abort()
        await failsWith(store.describe('a.txt', RULE, { signal }), 'aborted')
        await failsWith(store.scan([''], { deep: true, signal }), 'aborted')
        await failsWith(store.create('s', at('x'), { signal }), 'aborted')
      }),
  },
  {
    rule: 'LOCAL-4',
    title: 'ranges of a file that is still the expected one',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', '0123456789')
        const { stamp } = await entryAt(store, 'f')
        const ranges = [
          { offset: 8, length: 2 },
          { offset: 0, length: 3 },
          { offset: 5, length: 0 },
        ]
        const result = await store.read('f', stamp, ranges)
        assert.equal(result.state, 'read')
        const { parts } = result
        assert.deepEqual(
          parts.map((part) => new TextDecoder().decode(part)),
          ['89', '012', ''],
        )
      }),
  },
  {
    rule: 'LOCAL-4',
    title: 'an edited, replaced, shorter or absent file has moved',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', '0123456789')
        const { stamp } = await entryAt(store, 'f')
        assert.deepEqual(await store.read('f', stamp, [{ offset: 5, length: 6 }]), { state: 'moved' })
        await hands.save('f', 'abcdefghij')
        assert.deepEqual(await store.read('f', stamp, [{ offset: 0, length: 1 }]), { state: 'moved' })
        await hands.write('f', 'longer than it was')
        assert.deepEqual(await store.read('f', stamp, []), { state: 'moved' })
        await hands.unlink('f')
        assert.deepEqual(await store.read('f', stamp, []), { state: 'moved' })
        assert.deepEqual(await store.read('none/f', stamp, []), { state: 'moved' })
      }),
  },
]

async function stagedText(store: LocalStore, name: string): Promise<string> {
  const file = await store.stage(name, { resume: true })
  const content = await file.read(0, file.written)
  await file.suspend()
  return new TextDecoder().decode(content)
}

const STAGING_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-5',
    title: 'staged bytes are appended, can be read back, and stay private',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const file = await store.stage('s-1')
        await file.write(bytes('hello '))
        await file.write(bytes('world'))
        assert.equal(file.written, 11)
        assert.equal(new TextDecoder().decode(await file.read(3, 5)), 'lo wo')
        assert.equal((await file.read(9, 100)).length, 2)
        assert.equal((await file.read(50, 1)).length, 0)
        assert.equal(await hands.mode('.tidemark/staging/s-1'), 0o600)
        assert.deepEqual([...complete(await store.list(''))], [])
        await file.discard()
        assert.deepEqual(await hands.names('.tidemark/staging'), [])
      }),
  },
  {
    rule: 'LOCAL-6',
    title: 'a torn tail is cut off',
    run: (subject) =>
      opened(subject, async (store) => {
        const file = await store.stage('s')
        await file.write(bytes('hello world'))
        await file.truncate(5)
        assert.equal(file.written, 5)
        await file.write(bytes('!'))
        await file.suspend()
        assert.equal(await stagedText(store, 's'), 'hello!')
      }),
  },
  {
    rule: 'LOCAL-7',
    title: 'finish gives time and executable bit, and the file id the file keeps in its place',
    run: (subject) =>
      opened(subject, async (store) => {
        const file = await store.stage('s')
        await file.write(bytes('x'))
        const { fileId } = await file.finish({ modifiedAt: 1_234_567_890_123, executable: true })
        const stamp = isDone(await store.create('s', at('f')))
        const entry = await entryAt(store, 'f')
        assert.deepEqual(entry.stamp, stamp)
        assert.equal(entry.stamp.fileId, fileId)
        assert.equal(BigInt(entry.stamp.mtimeNs) / 1_000_000n, 1_234_567_890_123n)
        assert.equal(entry.executable, store.traits.executableBit)
        await failsWith(file.write(bytes('y')), 'closed')
      }),
  },
  {
    rule: 'LOCAL-13',
    title: 'a suspended stage is resumed also by a later store; without resume it starts anew',
    run: async (subject) => {
      await opened(subject, async (store) => {
        const file = await store.stage('s')
        await file.write(bytes('first half, '))
        await file.suspend()
      })
      await opened(subject, async (store) => {
        const file = await store.stage('s', { resume: true })
        assert.equal(file.written, 12)
        await file.write(bytes('second half'))
        await file.suspend()
        assert.equal(await stagedText(store, 's'), 'first half, second half')
        const fresh = await store.stage('s')
        assert.equal(fresh.written, 0)
        await fresh.discard()
      })
    },
  },
  {
    rule: 'LOCAL-13',
    title: 'a name that is no name of a stage is refused',
    run: (subject) =>
      opened(subject, async (store) => {
        for (const name of ['', 'A', 'a/b', '..', '.', 'x'.repeat(65), 'a b', 'a\0']) {
          await failsWith(store.stage(name), 'internal')
        }
      }),
  },
  {
    rule: 'LOCAL-14',
    title: 'clearing staging keeps the named ones, and never touches what is detached or in the trash',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await staged(store, 'keep', 'k')
        await staged(store, 'drop', 'd')
        await hands.write('f', 'moved')
        await hands.write('g', 'removed')
        isDone(
          await store.detachIf(at('f'), 't', {
            stamp: (await entryAt(store, 'f')).stamp,
            content: 'a'.repeat(64) as never,
          }),
        )
        isDone(
          await store.removeIf(at('g'), { stamp: (await entryAt(store, 'g')).stamp, content: 'a'.repeat(64) as never }),
        )
        await store.clearStaging(['keep'])
        assert.deepEqual(await hands.names('.tidemark/staging'), ['keep'])
        assert.deepEqual(await hands.names('.tidemark/moving'), ['t'])
        assert.equal((await hands.names('.tidemark/trash')).length, 2)
      }),
  },
]

export const READING_CASES: readonly LocalCase[] = [...ROOT_CASES, ...LISTING_CASES, ...CONTENT_CASES, ...STAGING_CASES]
