/** Rules of a local store, part 2: changes. Each looks before it acts, and puts nothing over anything. */

import type { LocalStore, Outcome, Target } from '../../src/index.js'
import { assert, required } from './assertion.js'
import type { Hands } from './local-store.subject.js'
import {
  type LocalCase,
  SOME_CONTENT,
  at,
  entryAt,
  expectedAt,
  failsWith,
  idAt,
  isDone,
  isMoved,
  isProblem,
  opened,
  staged,
  stagedBytes,
  trashedTexts,
} from './local-store.subject.js'

async function untouched(hands: Hands, before: ReadonlyMap<string, string>): Promise<void> {
  assert.deepEqual(await hands.contents(), before)
}

const HOSTILE_PATHS = [
  '..',
  '../x',
  'd/../../x',
  './x',
  'd//x',
  '/etc/x',
  'x/',
  '',
  '.tidemark/x',
  '.TideMark/x',
  'd/.tidemark',
  'd/.tidemark/x',
  'TIDEMA~1/x',
  'new\nline',
  'nul\0',
  'lone\ud800',
  'y'.repeat(256),
]

async function staysOccupied(store: LocalStore, hands: Hands, paths: readonly string[]): Promise<void> {
  const before = await hands.contents()
  for (const path of paths) {
    await staged(store, 's', 'content')
    isMoved(await store.create('s', at(path)))
    isMoved(await store.makeDirectory(at(path)))
  }
  await untouched(hands, before)
  assert.equal(await stagedBytes(store, 's'), 'content'.length)
}

async function makesNothing(store: LocalStore, hands: Hands, targets: readonly Target[]): Promise<void> {
  const before = await hands.contents()
  for (const target of targets) {
    await staged(store, 's', 'content')
    isMoved(await store.create('s', target))
    isMoved(await store.makeDirectory(target))
  }
  await untouched(hands, before)
}

const CREATE_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-15',
    title: 'a staged file takes a free place with its content, and its staging is gone',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await staged(store, 's', 'content')
        const stamp = isDone(await store.create('s', at('d/f', await idAt(store, 'd'))))
        const entry = await entryAt(store, 'd/f')
        assert.deepEqual(entry.stamp, stamp)
        assert.equal(await hands.read('d/f'), 'content')
        assert.equal(await stagedBytes(store, 's'), 0)
      }),
  },
  {
    rule: 'SEC-18',
    title: 'a new file may be read and written by its user, written by nobody else, and has no set-id bit',
    needs: ['modes'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await staged(store, 's', 'content')
        isDone(await store.create('s', at('f')))
        assert.equal((await hands.mode('f')) & 0o7022, 0)
        assert.equal((await hands.mode('f')) & 0o600, 0o600)
      }),
  },
  {
    rule: 'LOCAL-15',
    title: 'an occupied place is left as it is, and the staged file as well',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('file', 'mine')
        await hands.mkdir('dir')
        await staysOccupied(store, hands, ['file', 'dir'])
      }),
  },
  {
    rule: 'LOCAL-15',
    title: 'a link occupies its place, a dangling one too',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('file', 'mine')
        await hands.symlink('file', 'link')
        await hands.symlink('none', 'dangling')
        await staysOccupied(store, hands, ['link', 'dangling'])
        assert.equal(await hands.exists('none'), false)
      }),
  },
  {
    rule: 'LOCAL-15',
    title: 'nothing is made below a parent that is absent or a file',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('file', 'x')
        await makesNothing(store, hands, [at('none/f'), at('file/f')])
      }),
  },
  {
    rule: 'LOCAL-15',
    title: 'nothing is made below a parent that is another one',
    needs: ['file-ids'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.mkdir('other')
        await makesNothing(store, hands, [at('d/f', await idAt(store, 'other'))])
        assert.deepEqual([await hands.names('d'), await hands.names('other')], [[], []])
      }),
  },
  {
    rule: 'SEC-12',
    title: 'nothing is made below a link',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('other')
        await hands.symlink('other', 'link')
        await makesNothing(store, hands, [at('link/f'), at('link/f', await idAt(store, 'other'))])
        assert.deepEqual(await hands.names('other'), [])
      }),
  },
  {
    rule: 'SEC-10',
    title: 'no change is made at a path that is none, climbs out, or is one of ours',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('d/f', 'x')
        const expected = await expectedAt(store, 'd/f')
        for (const path of HOSTILE_PATHS) {
          await staged(store, 's', 'content')
          isProblem(await store.create('s', at(path)), 'unwritable-name')
          isProblem(await store.makeDirectory(at(path)), 'unwritable-name')
          isProblem(await store.replaceIf('s', at(path), expected), 'unwritable-name')
          isProblem(await store.moveIf(at('d/f'), at(path), expected), 'unwritable-name')
          isProblem(await store.removeIf(at(path), expected), 'unwritable-name')
        }
        assert.deepEqual([...(await hands.contents())], [['d/f', 'x']])
      }),
  },
  {
    rule: 'SEC-10',
    title: 'nothing is put beside the root',
    needs: ['beside'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const beside = required(subject.beside)
        await hands.mkdir('d')
        const before = await beside()
        for (const path of ['../x', 'd/../../x']) {
          await staged(store, 's', 'content')
          isProblem(await store.create('s', at(path)), 'unwritable-name')
          isProblem(await store.makeDirectory(at(path)), 'unwritable-name')
        }
        assert.deepEqual(await beside(), before)
      }),
  },
  {
    rule: 'LOCAL-15',
    title: 'a directory is made, and an absent staged file makes nothing',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const stamp = isDone(await store.makeDirectory(at('d')))
        assert.deepEqual((await entryAt(store, 'd')).stamp, stamp)
        isMoved(await store.create('never-staged', at('d/f')))
        assert.deepEqual(await hands.names('d'), [])
      }),
  },
]

async function bothOrders(run: (options: { readonly hot: boolean }) => Promise<void>): Promise<void> {
  for (const hot of [false, true]) await run({ hot })
}

/** A program holds `f` open while it is replaced. */
async function heldWhileReplaced(
  store: LocalStore,
  hands: Hands,
  options: { readonly hot: boolean },
): ReturnType<Hands['hold']> {
  await hands.write('f', 'old')
  const writer = await hands.hold('f')
  await staged(store, 's', 'new content')
  isDone(await store.replaceIf('s', at('f'), await expectedAt(store, 'f'), options))
  return writer
}

async function replacesNothing(
  store: LocalStore,
  hands: Hands,
  what: { readonly path: string; readonly spoil: (path: string) => Promise<void>; readonly hot: boolean },
): Promise<void> {
  const { path, spoil, hot } = what
  await hands.write(path, 'old')
  const expected = await expectedAt(store, path)
  await staged(store, 's', 'new content')
  await spoil(path)
  const before = await hands.contents()
  isMoved(await store.replaceIf('s', at(path), expected, { hot }))
  await untouched(hands, before)
}

const REPLACE_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-16',
    title: 'the expected content is replaced, and nothing of it stays after the flush, but for one that is worked on',
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          await hands.write('f', 'old')
          await staged(store, 's', 'new content')
          const stamp = isDone(await store.replaceIf('s', at('f'), await expectedAt(store, 'f'), options))
          assert.deepEqual((await entryAt(store, 'f')).stamp, stamp)
          assert.equal(await hands.read('f'), 'new content')
          assert.deepEqual(await store.flush(['f']), [])
          assert.equal((await store.kept()).length, options.hot && hands.canHold ? 1 : 0)
          assert.equal(await stagedBytes(store, 's'), 0)
          assert.deepEqual((await entryAt(store, 'f')).stamp, stamp)
          await hands.unlink('f')
        }),
      ),
  },
  {
    rule: 'LOCAL-16',
    title: 'what was touched is not replaced',
    needs: ['times'],
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          const spoil = (path: string): Promise<void> => hands.touch(path, 1_500_000_000_000)
          await replacesNothing(store, hands, { path: `f${options.hot}`, spoil, ...options })
        }),
      ),
  },
  {
    rule: 'LOCAL-16',
    title: 'what is not expected is not replaced: edited, saved over, gone, a directory',
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          const spoils: readonly ((path: string) => Promise<void>)[] = [
            (path) => hands.write(path, 'longer than old'),
            (path) => hands.save(path, 'two'),
            (path) => hands.unlink(path),
            async (path) => (await hands.unlink(path), await hands.mkdir(path)),
          ]
          for (const [index, spoil] of spoils.entries()) {
            await replacesNothing(store, hands, { path: `f${index}${options.hot}`, spoil, ...options })
          }
          assert.deepEqual(await store.kept(), [])
        }),
      ),
  },
  {
    rule: 'SEC-12',
    title: 'a link that took the place of a file is not replaced, nor what it points to',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          const path = `f${options.hot}`
          await hands.write('target', 'of the link')
          const spoil = async (): Promise<void> => (await hands.unlink(path), await hands.symlink('target', path))
          await replacesNothing(store, hands, { path, spoil, ...options })
          assert.equal(await hands.kind(path), 'symlink')
        }),
      ),
  },
  {
    rule: 'LOCAL-16 LOCAL-20',
    title: 'a content written through an old handle between replace and flush is not destroyed, and told',
    needs: ['hold'],
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          const writer = await heldWhileReplaced(store, hands, options)
          await writer.write('late words')
          await writer.close()
          const told = await store.flush(['f'])
          assert.deepEqual(
            told.map(({ path }) => path),
            ['f'],
          )
          assert.deepEqual(
            (await store.kept()).map(({ kept }) => kept),
            told.map(({ kept }) => kept),
          )
          assert.deepEqual(await trashedTexts(store, hands), ['late words'])
          await hands.unlink('f')
        }),
      ),
  },
  {
    rule: 'LOCAL-20',
    title:
      'a content replaced while it was worked on outlives its flush: a write through an old handle is told by the next one',
    needs: ['hold'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const writer = await heldWhileReplaced(store, hands, { hot: true })
        assert.deepEqual(await store.flush(['f']), [])
        assert.equal((await store.kept()).length, 1)
        await writer.write('late words')
        await writer.close()
        const told = await store.flush(['f'])
        assert.deepEqual(
          told.map(({ path }) => path),
          ['f'],
        )
        assert.deepEqual(await trashedTexts(store, hands), ['late words'])
        assert.deepEqual(await store.flush(['f']), [])
      }),
  },
  {
    rule: 'LOCAL-20',
    title: 'closed before that time is over: the former content stays in the trash, for a write that comes later still',
    needs: ['hold'],
    run: async (subject) => {
      await opened(subject, async (store, hands) => {
        const writer = await heldWhileReplaced(store, hands, { hot: true })
        await store.flush(['f'])
        await store.close()
        await writer.write('late words')
        await writer.close()
        await store.open()
        assert.deepEqual(await trashedTexts(store, hands), ['late words'])
      })
    },
  },
  {
    rule: 'SEC-14',
    title: 'another name of the old file keeps the old content',
    needs: ['links'],
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          await hands.write('f', 'old')
          await hands.link('f', 'other')
          await staged(store, 's', 'new content')
          isDone(await store.replaceIf('s', at('f'), await expectedAt(store, 'f'), options))
          assert.equal(await hands.read('other'), 'old')
          await hands.unlink('other')
          await hands.unlink('f')
        }),
      ),
  },
  {
    rule: 'SEC-18',
    title: 'the mode of the old file stays but for the executable bit; set-id bits never pass',
    needs: ['modes'],
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          const rows: readonly (readonly [number, boolean, number])[] = [
            [0o640, false, 0o640],
            [0o600, true, 0o700],
            [0o755, false, 0o644],
            [0o750, true, 0o750],
            [0o4755, true, 0o755],
            [0o6644, false, 0o644],
          ]
          for (const [old, executable, wanted] of rows) {
            await hands.write('f', 'old')
            await hands.chmod('f', old)
            await staged(store, 's', 'new content', executable)
            isDone(await store.replaceIf('s', at('f'), await expectedAt(store, 'f'), options))
            assert.equal((await hands.mode('f')).toString(8), wanted.toString(8))
            await hands.unlink('f')
          }
        }),
      ),
  },
  {
    rule: 'SEC-13',
    title: 'nothing is replaced below a parent that is another one',
    needs: ['file-ids'],
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          const [own, path] = [`d${options.hot}`, `d${options.hot}/f`]
          await hands.mkdir(own)
          await hands.write(path, 'old')
          const expected = await expectedAt(store, path)
          await staged(store, 's', 'new content')
          isMoved(await store.replaceIf('s', at(path, await idAt(store, '')), expected, options))
          assert.equal(await hands.read(path), 'old')
        }),
      ),
  },
  {
    rule: 'SEC-13',
    title: 'nothing is replaced below a parent that was swapped for a link',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, (store, hands) =>
        bothOrders(async (options) => {
          await hands.mkdir('d')
          await hands.write('d/f', 'old')
          const [parent, expected] = [await idAt(store, 'd'), await expectedAt(store, 'd/f')]
          await staged(store, 's', 'new content')
          await hands.rename('d', 'e')
          await hands.symlink('e', 'd')
          isMoved(await store.replaceIf('s', at('d/f', parent), expected, options))
          assert.equal(await hands.read('e/f'), 'old')
          await hands.unlink('d')
          await hands.unlink('e/f')
          await hands.rmdir('e')
        }),
      ),
  },
]

async function neither(outcome: Outcome): Promise<void> {
  assert.ok(outcome.outcome === 'moved' || outcome.outcome === 'failed', JSON.stringify(outcome))
}

const MOVE_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-17',
    title: 'a file moves with identity and time',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('f', 'text')
        const expected = await expectedAt(store, 'f')
        const stamp = isDone(await store.moveIf(at('f'), at('d/g', await idAt(store, 'd')), expected))
        assert.deepEqual((await entryAt(store, 'd/g')).stamp, stamp)
        assert.deepEqual([stamp?.fileId, stamp?.mtimeNs], [expected.stamp.fileId, expected.stamp.mtimeNs])
        assert.deepEqual([...(await hands.contents())], [['d/g', 'text']])
        assert.deepEqual(await store.kept(), [])
      }),
  },
  {
    rule: 'LOCAL-17',
    title: 'a moved file has one name at the end, and another name it had stays',
    needs: ['links'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'text')
        await hands.write('two', 'names')
        await hands.link('two', 'other')
        isDone(await store.moveIf(at('f'), at('g'), await expectedAt(store, 'f')))
        isDone(await store.moveIf(at('two'), at('new'), await expectedAt(store, 'two')))
        assert.deepEqual([await hands.links('g'), await hands.links('new')], [1, 2])
        assert.equal(await hands.read('other'), 'names')
      }),
  },
  {
    rule: 'LOCAL-17',
    title: 'a directory moves with all it holds, whatever its times are by then',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        const expected = await expectedAt(store, 'd')
        await hands.write('d/new', 'text')
        isDone(await store.moveIf(at('d'), at('e'), expected))
        assert.deepEqual([...(await hands.contents())], [['e/new', 'text']])
      }),
  },
  {
    rule: 'LOCAL-17',
    title: 'nothing is moved onto anything, an empty directory included',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'text')
        await hands.write('g', 'other')
        await hands.mkdir('d')
        await hands.mkdir('empty')
        await hands.write('d/x', 'x')
        const before = await hands.contents()
        const ids = [await idAt(store, 'd'), await idAt(store, 'empty')]
        for (const to of ['g', 'd', 'empty', 'f']) {
          isMoved(await store.moveIf(at('f'), at(to), await expectedAt(store, 'f')))
        }
        for (const to of ['g', 'empty', 'd']) {
          isMoved(await store.moveIf(at('d'), at(to), await expectedAt(store, 'd')))
        }
        await untouched(hands, before)
        assert.deepEqual([await idAt(store, 'd'), await idAt(store, 'empty')], ids)
      }),
  },
  {
    rule: 'LOCAL-17',
    title: 'nothing is moved onto a link, a dangling one included',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'text')
        await hands.mkdir('d')
        await hands.symlink('none', 'link')
        isMoved(await store.moveIf(at('f'), at('link'), await expectedAt(store, 'f')))
        isMoved(await store.moveIf(at('d'), at('link'), await expectedAt(store, 'd')))
        assert.deepEqual([await hands.kind('link'), await hands.kind('none')], ['symlink', null])
        assert.deepEqual([await hands.kind('f'), await hands.kind('d')], ['file', 'directory'])
      }),
  },
  {
    rule: 'LOCAL-17',
    title: 'another name of the same file is not its free twin where names are exact',
    needs: ['exact-case', 'links'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        assert.equal(store.traits.case, 'sensitive')
        await hands.write('a', 'text')
        await hands.link('a', 'A')
        isMoved(await store.moveIf(at('a'), at('A'), await expectedAt(store, 'a')))
        assert.deepEqual([...(await hands.contents()).keys()].sort(), ['A', 'a'])
      }),
  },
  {
    rule: 'LOCAL-17',
    title: 'a directory does not go below itself',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.mkdir('d/e')
        await neither(await store.moveIf(at('d'), at('d/e/d'), await expectedAt(store, 'd')))
        assert.deepEqual(await hands.names('d'), ['e'])
      }),
  },
  {
    rule: 'LOCAL-17',
    title: 'a directory that is not the expected one is not moved',
    needs: ['file-ids'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        const directory = await expectedAt(store, 'd')
        await hands.rename('d', 'away')
        await hands.mkdir('d')
        const before = await hands.contents()
        isMoved(await store.moveIf(at('d'), at('e'), directory))
        await untouched(hands, before)
      }),
  },
  {
    rule: 'LOCAL-17',
    title: 'what is not expected is not moved',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'text')
        const file = await expectedAt(store, 'f')
        await hands.write('f', 'edited since')
        const before = await hands.contents()
        isMoved(await store.moveIf(at('f'), at('g'), file))
        isMoved(await store.moveIf(at('none'), at('e'), file))
        await untouched(hands, before)
      }),
  },
  {
    rule: 'LOCAL-18',
    title: 'two names are swapped by way of detach and attach',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('a', 'was a')
        await hands.mkdir('b')
        await hands.write('b/x', 'was in b')
        const taken = isDone(await store.detachIf(at('a'), 't-1', await expectedAt(store, 'a')))
        isDone(await store.moveIf(at('b'), at('a'), await expectedAt(store, 'b')))
        const [only] = await store.detached()
        assert.deepEqual(only, { token: 't-1', stamp: taken, kind: 'file' })
        const stamp = isDone(await store.attach('t-1', at('b')))
        assert.deepEqual((await entryAt(store, 'b')).stamp, stamp)
        assert.deepEqual([...(await hands.contents())].sort(), [
          ['a/x', 'was in b'],
          ['b', 'was a'],
        ])
        assert.deepEqual(await store.detached(), [])
      }),
  },
  {
    rule: 'LOCAL-18',
    title: 'a detached directory is still there for the next store, and is never put over anything',
    run: async (subject) => {
      await opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('d/x', 'x')
        isDone(await store.detachIf(at('d'), 't', await expectedAt(store, 'd')))
        await hands.write('again', 'y')
        isMoved(await store.detachIf(at('again'), 't', await expectedAt(store, 'again')))
      })
      await opened(subject, async (store, hands) => {
        assert.deepEqual(
          (await store.detached()).map(({ token, kind }) => [token, kind]),
          [['t', 'directory']],
        )
        await hands.mkdir('d')
        isMoved(await store.attach('t', at('d')))
        isMoved(await store.attach('t', at('again')))
        isMoved(await store.attach('t', at('none/d')))
        isMoved(await store.attach('other', at('e')))
        isDone(await store.attach('t', at('e')))
        assert.equal(await hands.read('e/x'), 'x')
        await failsWith(store.attach('no/token', at('f')).then(raise), 'internal')
      })
    },
  },
  {
    rule: 'LOCAL-18',
    title: 'what is not expected is not detached',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'text')
        const expected = await expectedAt(store, 'f')
        await hands.save('f', 'saved over')
        isMoved(await store.detachIf(at('f'), 't', expected))
        assert.deepEqual(await store.detached(), [])
        assert.equal(await hands.read('f'), 'saved over')
      }),
  },
]

/** For calls that may answer or throw: an answer is a mistake here. */
function raise(outcome: Outcome): never {
  assert.fail(JSON.stringify(outcome))
}

const REMOVE_CASES: readonly LocalCase[] = [
  {
    rule: 'LOCAL-19',
    title: 'a file goes to the trash, as often as one of its name is removed',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        for (const text of ['one', 'other']) {
          await hands.write('d/notes.txt', text)
          assert.equal(isDone(await store.removeIf(at('d/notes.txt'), await expectedAt(store, 'd/notes.txt'))), null)
        }
        assert.deepEqual(await hands.names('d'), [])
        assert.equal((await store.kept()).length, 2)
        assert.deepEqual(await trashedTexts(store, hands), ['one', 'other'])
      }),
  },
  {
    rule: 'LOCAL-19',
    title: 'a person finds what was removed by its name, and where it came from',
    needs: ['own-directory'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        for (const text of ['one', 'other']) {
          await hands.write('d/notes.txt', text)
          assert.equal(isDone(await store.removeIf(at('d/notes.txt'), await expectedAt(store, 'd/notes.txt'))), null)
        }
        const kept = (await store.kept()).map((one) => one.kept)
        assert.equal(kept.length, 2)
        assert.ok(kept.every((name) => name.endsWith('-notes.txt')))
        const texts = await Promise.all(kept.map((name) => hands.read(`.tidemark/trash/${name}`)))
        assert.deepEqual(texts.sort(), ['one', 'other'])
        const index = (await hands.read('.tidemark/trash/index.jsonl'))!
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { readonly kept: string; readonly path: string })
        assert.deepEqual(new Set(index.map((row) => row.kept)), new Set(kept))
        assert.ok(index.every((row) => row.path === 'd/notes.txt'))
      }),
  },
  {
    rule: 'LOCAL-19',
    title: 'a name that is too long for the trash is cut, not refused',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const long = '\u00e9'.repeat(120)
        await hands.write(long, 'text')
        isDone(await store.removeIf(at(long), await expectedAt(store, long)))
        assert.deepEqual(await trashedTexts(store, hands), ['text'])
      }),
  },
  {
    rule: 'LOCAL-19',
    title: 'a directory goes only when it is empty',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('d/ignored', 'x')
        const expected = await expectedAt(store, 'd')
        assert.deepEqual(await store.removeIf(at('d'), expected), { outcome: 'not-empty' })
        assert.equal(await hands.read('d/ignored'), 'x')
        await hands.unlink('d/ignored')
        assert.equal(isDone(await store.removeIf(at('d'), expected)), null)
        assert.equal(await hands.exists('d'), false)
      }),
  },
  {
    rule: 'LOCAL-19',
    title: 'another directory than the expected one is not removed, nor a file below another parent',
    needs: ['file-ids'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('a', 'one')
        await hands.mkdir('d')
        const expected = await expectedAt(store, 'd')
        await hands.rename('d', 'away')
        await hands.mkdir('d')
        const before = await hands.contents()
        isMoved(await store.removeIf(at('d'), expected))
        isMoved(await store.removeIf(at('a', await idAt(store, 'd')), await expectedAt(store, 'a')))
        await untouched(hands, before)
      }),
  },
  {
    rule: 'LOCAL-19',
    title: 'what is not expected is not removed: edited, replaced, another kind, gone',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('a', 'one')
        await hands.write('b', 'two')
        await hands.write('c', 'three')
        const expected = await Promise.all(['a', 'b', 'c'].map((path) => expectedAt(store, path)))
        await hands.write('a', 'edited since')
        await hands.save('b', 'saved')
        await hands.unlink('c')
        await hands.mkdir('c')
        const before = await hands.contents()
        for (const [index, path] of ['a', 'b', 'c'].entries()) isMoved(await store.removeIf(at(path), expected[index]!))
        isMoved(await store.removeIf(at('none'), expected[0]!))
        await untouched(hands, before)
        assert.deepEqual(await hands.names('c'), [])
        assert.deepEqual(await store.kept(), [])
      }),
  },
  {
    rule: 'LOCAL-23',
    title: 'a file that is not kept waits for the flush of its path, and is gone after it',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        for (const path of ['d/f', 'g']) {
          await hands.write(path, path)
          assert.equal(isDone(await store.removeIf(at(path), await expectedAt(store, path), { keep: false })), null)
        }
        assert.deepEqual([...(await hands.contents())], [])
        assert.deepEqual(await store.flush(['g', 'd/f']), [
          { path: 'g', kept: null },
          { path: 'd/f', kept: null },
        ])
        assert.deepEqual(await store.kept(), [])
      }),
  },
  {
    rule: 'LOCAL-23',
    title: 'what is not expected is not let go, and a directory goes as ever: only when it is empty',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('d/f', 'one')
        const expected = await expectedAt(store, 'd/f')
        await hands.write('d/f', 'edited since')
        isMoved(await store.removeIf(at('d/f'), expected, { keep: false }))
        const directory = await expectedAt(store, 'd')
        assert.deepEqual(await store.removeIf(at('d'), directory, { keep: false }), { outcome: 'not-empty' })
        assert.equal(await hands.read('d/f'), 'edited since')
        assert.deepEqual(await store.kept(), [])
      }),
  },
  {
    rule: 'LOCAL-23',
    title: 'what is written through an old handle into a file that is let go is told by the flush',
    needs: ['hold'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        for (const options of [{ keep: false }, { keep: false, hot: true }]) {
          await hands.write('f', 'old')
          const writer = await hands.hold('f')
          isDone(await store.removeIf(at('f'), await expectedAt(store, 'f'), options))
          await writer.write('late words')
          await writer.close()
          const [told, ...others] = (await store.flush(['f'])).filter(({ kept }) => kept !== null)
          assert.equal(told!.path, 'f')
          assert.deepEqual(others, [])
          isDone(await store.restoreKept(told!.kept!, at('f')))
          assert.equal(await hands.read('f'), 'late words')
          await hands.unlink('f')
        }
      }),
  },
  {
    rule: 'LOCAL-23',
    title:
      'let go while it was worked on, it outlives its flush; closed before that time is over, it stays in the trash',
    needs: ['hold'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'old')
        isDone(await store.removeIf(at('f'), await expectedAt(store, 'f'), { keep: false, hot: true }))
        assert.deepEqual(await store.flush(['f']), [{ path: 'f', kept: null }])
        assert.equal((await store.kept()).length, 1)
        await store.close()
        await store.open()
        assert.deepEqual(await trashedTexts(store, hands), ['old'])
      }),
  },
  {
    rule: 'SEC-12',
    title: 'nothing is moved, detached or removed through a link',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('d/f', 'x')
        await hands.mkdir('d/e')
        const [file, directory] = [await expectedAt(store, 'd/f'), await expectedAt(store, 'd/e')]
        await hands.symlink('d', 'link')
        isMoved(await store.removeIf(at('link/f'), file))
        isMoved(await store.removeIf(at('link/e'), directory))
        isMoved(await store.moveIf(at('link/f'), at('g'), file))
        isMoved(await store.moveIf(at('d/f'), at('link/g'), file))
        isMoved(await store.detachIf(at('link/f'), 't', file))
        isMoved(await store.setExecutableIf(at('link/f'), file, true))
        assert.deepEqual(await hands.names('d'), ['e', 'f'])
      }),
  },
  {
    rule: 'LOCAL-19',
    title: 'what has lain in the trash for 30 days is gone at the next open; what no line tells about is not',
    needs: ['own-directory'],
    run: async (subject) => {
      await opened(subject, async (store, hands) => {
        for (const path of ['old', 'young', 'unknown']) {
          await hands.write(path, path)
          isDone(await store.removeIf(at(path), await expectedAt(store, path)))
        }
        const day = 86_400_000
        const lines = (await hands.read('.tidemark/trash/index.jsonl'))!.trim().split('\n')
        const aged = lines.flatMap((line) => {
          const record = JSON.parse(line) as { readonly path: string; readonly at: number }
          if (record.path === 'unknown') return []
          return [JSON.stringify({ ...record, at: record.at - (record.path === 'old' ? 31 : 29) * day })]
        })
        await hands.write('.tidemark/trash/index.jsonl', [...aged, '{"torn'].join('\n'))
      })
      await opened(subject, async (store, hands) => {
        const names = (await store.kept()).map(({ kept }) => kept)
        const texts = await Promise.all(names.map((name) => hands.read(`.tidemark/trash/${name}`)))
        assert.deepEqual(texts.sort(), ['unknown', 'young'])
      })
      await opened(subject, async (store, hands) => {
        assert.equal((await store.kept()).length, 2)
        assert.equal((await hands.read('.tidemark/trash/index.jsonl'))!.trim().split('\n').length, 2)
      })
    },
  },
]

async function executable(store: LocalStore, path: string): Promise<boolean> {
  return (await entryAt(store, path)).executable
}

const OTHER_CASES: readonly LocalCase[] = [
  {
    rule: 'SEC-18',
    title: 'the executable bit is set and taken, where the ground keeps one, and the stamp told is that of then',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const keeps = store.traits.executableBit
        await hands.write('f', 'x')
        const on = isDone(await store.setExecutableIf(at('f'), await expectedAt(store, 'f'), true))
        assert.deepEqual((await entryAt(store, 'f')).stamp, on)
        assert.equal(await executable(store, 'f'), keeps)
        const off = isDone(await store.setExecutableIf(at('f'), { stamp: on!, content: SOME_CONTENT }, false))
        assert.deepEqual((await entryAt(store, 'f')).stamp, off)
        assert.equal(await executable(store, 'f'), false)
        assert.equal(await hands.read('f'), 'x')
      }),
  },
  {
    rule: 'SEC-18',
    title: 'the executable bit is set for those who may read, and taken from all; other bits stay',
    needs: ['modes'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'x')
        await hands.chmod('f', 0o640)
        const on = isDone(await store.setExecutableIf(at('f'), await expectedAt(store, 'f'), true))
        assert.equal(await hands.mode('f'), 0o750)
        assert.equal(await executable(store, 'f'), true)
        isDone(await store.setExecutableIf(at('f'), { stamp: on!, content: SOME_CONTENT }, false))
        assert.equal(await hands.mode('f'), 0o640)
        assert.equal(await executable(store, 'f'), false)
      }),
  },
  {
    rule: 'SEC-18',
    title: 'the executable bit of what is not expected is left alone',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'x')
        await hands.mkdir('d')
        const expected = await expectedAt(store, 'f')
        await hands.write('f', 'edited')
        isMoved(await store.setExecutableIf(at('f'), expected, true))
        isMoved(await store.setExecutableIf(at('none'), expected, true))
        isMoved(await store.setExecutableIf(at('d'), await expectedAt(store, 'd'), true))
        assert.deepEqual([await executable(store, 'f'), await executable(store, 'd')], [false, false])
      }),
  },
  {
    rule: 'LOCAL-20',
    title: 'files, directories and the root are flushed; what is gone is told; a fired signal cancels it',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        for (let index = 0; index < 40; index++) await hands.write(`d/f${index}`, 'x')
        const paths = Array.from({ length: 40 }, (_, index) => `d/f${index}`)
        const gone = ['none', 'none/x', '../x', '.tidemark/root.json']
        assert.deepEqual(
          await store.flush([...paths, 'd', '', ...gone]),
          gone.map((path) => ({ path, kept: null })),
        )
        await failsWith(store.flush(['d'], { signal: AbortSignal.abort() }), 'aborted')
      }),
  },
  {
    rule: 'LOCAL-20',
    title: 'a link, and what is reached through one, is skipped and told',
    needs: ['symlink'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('d/f', 'x')
        await hands.symlink('d', 'link')
        assert.deepEqual(await store.flush(['link', 'link/f', 'd/f']), [
          { path: 'link', kept: null },
          { path: 'link/f', kept: null },
        ])
      }),
  },
  {
    rule: 'LOCAL-19',
    title: 'a kept directory comes back whole, to a free place only',
    needs: ['own-directory'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        const kept = `${'0'.repeat(32)}-d`
        await hands.mkdir(`.tidemark/trash/${kept}`)
        await hands.write(`.tidemark/trash/${kept}/f`, 'text')
        await hands.mkdir('taken')
        isMoved(await store.restoreKept(kept, at('taken')))
        isDone(await store.restoreKept(kept, at('d')))
        assert.deepEqual([...(await hands.contents())], [['d/f', 'text']])
        assert.equal(await hands.exists(`.tidemark/trash/${kept}`), false)
      }),
  },
  {
    rule: 'LOCAL-19',
    title: 'a kept file comes back to a free place only, once, and its name is never a path',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'text')
        await hands.write('taken', 'mine')
        isDone(await store.removeIf(at('f'), await expectedAt(store, 'f')))
        const [only] = await store.kept()
        isMoved(await store.restoreKept(only!.kept, at('taken')))
        isMoved(await store.restoreKept(only!.kept, at('none/f')))
        isDone(await store.restoreKept(only!.kept, at('again')))
        isMoved(await store.restoreKept(only!.kept, at('twice')))
        await failsWith(store.restoreKept('../x', at('x')).then(raise), 'internal')
        assert.deepEqual([...(await hands.contents())].sort(), [
          ['again', 'text'],
          ['taken', 'mine'],
        ])
      }),
  },
  {
    rule: 'LOCAL-22',
    title: 'the trash tells what lies in it, as it is now, and nothing of its own book-keeping',
    run: (subject) =>
      opened(subject, async (store, hands) => {
        assert.deepEqual(await store.kept(), [])
        await hands.write('f', 'text')
        const before = await entryAt(store, 'f')
        isDone(await store.removeIf(at('f'), await expectedAt(store, 'f')))
        const [found, ...others] = await store.kept()
        assert.deepEqual(others, [])
        assert.equal(found!.stamp.fileId, before.stamp.fileId)
        assert.equal(found!.stamp.size, 4)
        assert.equal(found!.isElsewhere, false)
        isDone(await store.restoreKept(found!.kept, at('g')))
        assert.deepEqual(await store.kept(), [])
      }),
  },
  {
    rule: 'LOCAL-22',
    title: 'a file with another name in the tree is elsewhere, too; with two names in the trash it is not',
    needs: ['links'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.write('f', 'text')
        await hands.link('f', 'g')
        isDone(await store.removeIf(at('f'), await expectedAt(store, 'f')))
        assert.deepEqual(
          (await store.kept()).map(({ isElsewhere }) => isElsewhere),
          [true],
        )
        isDone(await store.removeIf(at('g'), await expectedAt(store, 'g')))
        assert.deepEqual(
          (await store.kept()).map(({ isElsewhere }) => isElsewhere),
          [false, false],
        )
      }),
  },
  {
    rule: 'INV-25',
    title: 'a directory that cannot be written is a problem of the path, and nothing is lost',
    needs: ['mode-bits', 'modes'],
    run: (subject) =>
      opened(subject, async (store, hands) => {
        await hands.mkdir('d')
        await hands.write('d/f', 'text')
        await hands.chmod('d', 0o500)
        await staged(store, 's', 'content')
        isProblem(await store.create('s', at('d/g')), 'write-failed')
        isProblem(await store.replaceIf('s', at('d/f'), await expectedAt(store, 'd/f')), 'write-failed')
        isProblem(await store.moveIf(at('d/f'), at('g'), await expectedAt(store, 'd/f')), 'write-failed')
        isProblem(await store.removeIf(at('d/f'), await expectedAt(store, 'd/f')), 'write-failed')
        await hands.chmod('d', 0o755)
        assert.deepEqual([...(await hands.contents())], [['d/f', 'text']])
      }),
  },
]

export const CHANGING_CASES: readonly LocalCase[] = [
  ...CREATE_CASES,
  ...REPLACE_CASES,
  ...MOVE_CASES,
  ...REMOVE_CASES,
  ...OTHER_CASES,
]
