/** Rules of a local store, part 1: the root, listing, reading, staging. */

import {
  type ChunkRef,
  type ErrorCode,
  describeContent,
  portableHasher,
  type Listing,
  type LocalStore,
} from '../../src/index.js'
import { assert, required } from './assertion.js'
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
  stagedBytes,
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

async function refusesRoot(subject: LocalSubject, root: string, code: ErrorCode): Promise<void> {
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

/** A store on a root of its own, that hands can take away. */
async function inside(subject: LocalSubject, run: (store: LocalStore, hands: Hands) => Promise<void>): Promise<void> {
  const hands = new Hands(subject)
  await hands.mkdir('inside')
  const store = subject.store({ at: 'inside' })
  await store.open()
  try {
    await run(store, hands)
  } finally {
    await store.close()
  }
}

const ROOT_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-8',
    title: 'a first open makes a new identity; a second finds the same one',
    run: async (subject) => {
      const first = subject.store()
      const root = await first.open()
      assert.equal(root.known, false)
      assert.match(root.identity, /^[0-9a-f]{32}$/)
      assert.equal(root.tick, 0)
      await first.close()
      const second = subject.store()
      assert.deepEqual(await second.open(), { known: true, identity: root.identity, tick: 0 })
      await second.close()
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'a first open makes a private .tidemark, and a staged file is private too',
    needs: ['modes', 'own-directory'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        for (const own of ['', '/staging', '/moving', '/trash']) {
          assert.equal(await hands.mode(`.tidemark${own}`), 0o700)
        }
        assert.equal(await hands.mode('.tidemark/root.json'), 0o600)
        await (await store.stage('s-1')).suspend()
        assert.equal(await hands.mode('.tidemark/staging/s-1'), 0o600)
      }),
  },
  {
    rule: 'LOCAL-8',
    title: 'a root that is missing or a file is refused and stays as it is',
    needs: ['at'],
    run: async (subject) => {
      const hands = new Hands(subject)
      await hands.write('file', 'x')
      await refusesRoot(subject, 'none', 'root-missing')
      await refusesRoot(subject, 'file/below', 'root-missing')
      await refusesRoot(subject, 'file', 'root-not-a-directory')
      assert.deepEqual([...(await hands.contents())], [['file', 'x']])
      assert.equal(await hands.exists('none'), false)
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'a root that is a link is refused, and nothing is made behind it',
    needs: ['at', 'symlink'],
    run: async (subject) => {
      const hands = new Hands(subject)
      await hands.mkdir('real')
      await hands.symlink('real', 'link')
      await refusesRoot(subject, 'link', 'root-not-a-directory')
      assert.deepEqual(await hands.names('real'), [])
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'the top of the ground, a place inside another root and a place inside .tidemark are refused',
    needs: ['at'],
    run: async (subject) => {
      await opened(subject, async (_store, hands) => {
        await hands.mkdir('d')
        await hands.mkdir('d/e')
        await refusesRoot(subject, '/', 'root-nested')
        await refusesRoot(subject, 'd', 'root-nested')
        await refusesRoot(subject, 'd/e', 'root-nested')
        await refusesRoot(subject, '.tidemark/trash', 'root-nested')
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
    needs: ['at', 'own-directory', 'symlink'],
    run: async (subject) => {
      const hands = new Hands(subject)
      await hands.mkdir('one')
      await hands.mkdir('elsewhere')
      await hands.mkdir('two')
      await hands.symlink('elsewhere', 'one/.tidemark')
      await hands.write('two/.tidemark', 'x')
      await refusesRoot(subject, 'one', 'root-unreadable')
      await refusesRoot(subject, 'two', 'root-unreadable')
      assert.deepEqual(await hands.names('elsewhere'), [])
    },
  },
  {
    rule: 'LOCAL-8',
    title: 'a root without the right to write is refused',
    needs: ['mode-bits', 'modes'],
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
    needs: ['makeNewer', 'bytes'],
    run: async (subject) => {
      await opened(subject, async (_store, hands) => hands.write('f', 'text'))
      await required(subject.makeNewer)()
      const before = await required(subject.bytes)()
      await failsWith(subject.store().open(), 'newer-version')
      await failsWith(subject.store().open(), 'newer-version')
      assert.equal(await required(subject.bytes)(), before)
    },
  },
  {
    rule: 'LOCAL-9',
    title: 'a damaged identity is told, not replaced',
    needs: ['own-directory'],
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
    title: 'check passes on the root that was opened, and a fired signal cancels it',
    run: (subject) =>
      opened(subject, async (store) => {
        await store.check()
        await failsWith(store.check({ signal: AbortSignal.abort() }), 'aborted')
      }),
  },
  {
    rule: 'LOCAL-10',
    title: 'check names how the root was lost, and passes when it is back',
    needs: ['at'],
    run: (subject) =>
      inside(subject, async (store, hands) => {
        await hands.rename('inside', 'away')
        await failsWith(store.check(), 'root-missing')
        await hands.mkdir('inside')
        await failsWith(store.check(), 'root-replaced')
        await hands.rmdir('inside')
        await hands.write('inside', 'x')
        await failsWith(store.check(), 'root-not-a-directory')
        await hands.unlink('inside')
        await hands.rename('away', 'inside')
        await store.check()
      }),
  },
  {
    rule: 'LOCAL-10',
    title: 'a link in the place of the root is not the root, also when it points to it',
    needs: ['at', 'symlink'],
    run: (subject) =>
      inside(subject, async (store, hands) => {
        await hands.rename('inside', 'away')
        await hands.symlink('away', 'inside')
        await failsWith(store.check(), 'root-not-a-directory')
        await hands.unlink('inside')
        await hands.rename('away', 'inside')
      }),
  },
  {
    rule: 'LOCAL-10',
    title: 'a root that lost its identity is another one',
    needs: ['at', 'own-directory'],
    run: (subject) =>
      inside(subject, async (store, hands) => {
        await hands.unlink('inside/.tidemark/root.json')
        await failsWith(store.check(), 'root-replaced')
      }),
  },
  {
    rule: 'INV-19',
    title: 'a root that was replaced lists as unknown, never as empty, and is not written to',
    needs: ['at'],
    run: (subject) =>
      inside(subject, async (store, hands) => {
        await staged(store, 's', 'text')
        await hands.rename('inside', 'away')
        assert.equal((await store.list('')).state, 'unknown')
        assert.equal((await store.stat('x')).state, 'unknown')
        await hands.mkdir('inside')
        assert.equal((await store.list('')).state, 'unknown')
        assert.equal((await store.list('d')).state, 'unknown')
        assert.equal((await store.stat('x')).state, 'unknown')
        assert.deepEqual(await store.create('s', at('x')), { outcome: 'moved' })
        assert.deepEqual(await hands.names('inside'), [])
        await hands.rmdir('inside')
        await hands.rename('away', 'inside')
      }),
  },
  {
    rule: 'LOCAL-10',
    title: 'check names a root whose marker says nothing any more',
    needs: ['at', 'own-directory'],
    run: (subject) =>
      inside(subject, async (store, hands) => {
        for (const damage of ['{"format":"tide', '{"format":"tidemark-root","version":99}', '']) {
          await hands.write('inside/.tidemark/root.json', damage)
          await failsWith(store.check(), 'root-replaced')
        }
      }),
  },
  {
    rule: 'LOCAL-11',
    title: 'the tick is written to no other root than the one that was opened',
    needs: ['at', 'own-directory'],
    run: (subject) =>
      inside(subject, async (store, hands) => {
        await hands.rename('inside', 'away')
        await failsWith(store.setTick(5), 'root-missing')
        await hands.mkdir('inside')
        await hands.mkdir('inside/.tidemark')
        const marker = JSON.stringify({ format: 'tidemark-root', version: 1, identity: '9'.repeat(32), tick: 0 })
        await hands.write('inside/.tidemark/root.json', marker)
        await failsWith(store.setTick(5), 'root-replaced')
        assert.equal(await hands.read('inside/.tidemark/root.json'), marker)
      }),
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
    title: 'a listing tells name, kind and size of every entry, and nothing of our own',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        assert.deepEqual([...complete(await store.list(''))].sort(), [
          ['a.txt', 'file'],
          ['d', 'directory'],
        ])
        assert.deepEqual([...complete(await store.list('d/e'))], [['c.txt', 'file']])
        assert.equal((await entryAt(store, 'a.txt')).stamp.size, 5)
        assert.equal((await entryAt(store, 'a.txt')).executable, false)
      }),
  },
  {
    rule: 'LOCAL-1',
    title: 'a link is listed as one',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        await hands.symlink('a.txt', 'link')
        await hands.symlink('d', 'to-directory')
        const listed = complete(await store.list(''))
        assert.deepEqual([listed.get('link'), listed.get('to-directory'), listed.size], ['symlink', 'symlink', 4])
      }),
  },
  {
    rule: 'LOCAL-1',
    title: 'an executable bit that a user set is told',
    needs: ['modes'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('run.sh', '#!')
        await hands.chmod('run.sh', 0o755)
        assert.equal((await entryAt(store, 'run.sh')).executable, store.traits.executableBit)
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
    needs: ['mode-bits', 'modes'],
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
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        await hands.symlink('d', 'link')
        await hands.symlink('gone', 'dangling')
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
    needs: ['special'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.special('fifo')
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
    needs: ['invalidName'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.invalidName('')
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
        assert.deepEqual(await store.describe('none', RULE), { state: 'absent' })
        assert.deepEqual(await store.describe('none/x', RULE), { state: 'absent' })
        assert.equal((await store.describe('d', RULE)).state, 'unknown')
      }),
  },
  {
    rule: 'LOCAL-3',
    title: 'a link has no description, whatever it points to',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await tree(hands)
        await hands.symlink('a.txt', 'link')
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

function chunksOf(...parts: readonly string[]): readonly ChunkRef[] {
  const hasher = portableHasher()
  return parts.map((part) => ({ digest: hasher.digest('chunk', bytes(part)), length: bytes(part).length }))
}

async function stagedText(store: LocalStore, name: string): Promise<string> {
  const file = await store.stage(name, { resume: true })
  const content = await file.read(0, file.written)
  await file.suspend()
  return new TextDecoder().decode(content)
}

const STAGING_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-5',
    title: 'staged bytes are appended, can be read back, and are not listed',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const file = await store.stage('s-1')
        await file.write(bytes('hello '))
        await file.write(bytes('world'))
        assert.equal(file.written, 11)
        assert.equal(new TextDecoder().decode(await file.read(3, 5)), 'lo wo')
        assert.equal((await file.read(9, 100)).length, 2)
        assert.equal((await file.read(50, 1)).length, 0)
        assert.deepEqual([...complete(await store.list(''))], [])
        assert.deepEqual([...(await hands.contents())], [])
        await file.discard()
        assert.equal(await stagedBytes(store, 's-1'), 0)
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
    rule: 'LOCAL-24',
    title: 'chunks of a file are appended, from any place, where they lie one behind the other',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'one,two,three')
        const { stamp } = await entryAt(store, 'f')
        const file = await store.stage('s')
        await file.write(bytes('> '))
        assert.equal(await file.copy({ path: 'f', stamp, offset: 4 }, chunksOf('two', ',three')), 2)
        assert.equal(await file.copy({ path: 'f', stamp, offset: 0 }, chunksOf('one')), 1)
        assert.equal(await file.copy({ path: 'f', stamp, offset: 3 }, []), 0)
        assert.equal(file.written, 14)
        await file.suspend()
        assert.equal(await stagedText(store, 's'), '> two,threeone')
        assert.equal((await hands.contents()).get('f'), 'one,two,three')
      }),
  },
  {
    rule: 'LOCAL-24',
    title:
      'what is not what its digest names, and all behind it, is left to the caller; what is written next stands in its place',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'one,two,three')
        const { stamp } = await entryAt(store, 'f')
        const file = await store.stage('s')
        assert.equal(await file.copy({ path: 'f', stamp, offset: 0 }, chunksOf('one,', 'TWO', ',three')), 1)
        assert.equal(await file.copy({ path: 'f', stamp, offset: 5 }, chunksOf('two')), 0)
        assert.equal(await file.copy({ path: 'f', stamp, offset: 8 }, chunksOf('three, and more')), 0)
        assert.equal(await file.copy({ path: 'f', stamp, offset: 50 }, chunksOf('one')), 0)
        assert.equal(file.written, 4)
        await file.write(bytes('2'))
        await file.suspend()
        assert.equal(await stagedText(store, 's'), 'one,2')
      }),
  },
  {
    rule: 'LOCAL-24',
    title: 'nothing is appended from a file that is another by now, or is no file of the tree',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('f', 'same')
        const { stamp } = await entryAt(store, 'f')
        await hands.save('f', 'same')
        const file = await store.stage('s')
        for (const path of ['f', 'none', 'none/f', 'd', '.tidemark/root.json', '../f'])
          assert.equal(await file.copy({ path, stamp, offset: 0 }, chunksOf('same')), 0, path)
        assert.equal(file.written, 0)
        const signal = AbortSignal.abort()
        await failsWith(file.copy({ path: 'f', stamp, offset: 0 }, chunksOf('same'), { signal }), 'aborted')
        await file.discard()
        await failsWith(file.copy({ path: 'f', stamp, offset: 0 }, chunksOf('same')), 'closed')
      }),
  },
  {
    rule: 'LOCAL-24',
    title: 'many chunks of a large file, of which one in the middle is another',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const parts = Array.from({ length: 40 }, (_, part) => `${part}: `.padEnd(20_000, String(part)))
        await hands.write('f', parts.join(''))
        const { stamp } = await entryAt(store, 'f')
        const file = await store.stage('s')
        const wanted = parts.map((part, at) => (at === 30 ? 'x'.repeat(20_000) : part))
        assert.equal(await file.copy({ path: 'f', stamp, offset: 0 }, chunksOf(...wanted)), 30)
        await file.write(bytes(wanted[30] ?? ''))
        assert.equal(await file.copy({ path: 'f', stamp, offset: 31 * 20_000 }, chunksOf(...wanted.slice(31))), 9)
        await file.suspend()
        assert.equal(await stagedText(store, 's'), wanted.join(''))
      }),
  },
  {
    rule: 'LOCAL-7',
    title: 'finish gives the time',
    needs: ['times'],
    run: (subject) =>
      opened(subject, async (store) => {
        const file = await store.stage('s')
        await file.finish({ modifiedAt: 1_234_567_890_123, executable: false })
        isDone(await store.create('s', at('f')))
        const { mtimeNs } = (await entryAt(store, 'f')).stamp
        assert.equal(BigInt(mtimeNs) / 1_000_000n, 1_234_567_890_123n)
      }),
  },
  {
    rule: 'LOCAL-7',
    title: 'finish gives the executable bit, and the file id the file keeps in its place',
    run: (subject) =>
      opened(subject, async (store) => {
        const file = await store.stage('s')
        await file.write(bytes('x'))
        const { fileId } = await file.finish({ modifiedAt: 1_234_567_890_123, executable: true })
        const stamp = isDone(await store.create('s', at('f')))
        const entry = await entryAt(store, 'f')
        assert.deepEqual(entry.stamp, stamp)
        assert.equal(entry.stamp.fileId, fileId)
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
        assert.deepEqual([await stagedBytes(store, 'keep'), await stagedBytes(store, 'drop')], [1, 0])
        assert.deepEqual(
          (await store.detached()).map(({ token }) => token),
          ['t'],
        )
        assert.equal((await store.kept()).length, 1)
      }),
  },
]

export const READING_CASES: readonly LocalCase[] = [...ROOT_CASES, ...LISTING_CASES, ...CONTENT_CASES, ...STAGING_CASES]
