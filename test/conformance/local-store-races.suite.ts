/**
 * Race tables of a local store: before every single step of a change a user does something, or the ground fails. After
 * each, what the user wrote is in the tree, or lies in the trash under the name that the outcome tells (INV-18, INV-25).
 */

import { describeContent, type LocalStore, type Outcome, portableHasher } from '../../src/index.js'
import { assert } from './assertion.js'
import {
  Hands,
  type LocalCapability,
  type LocalCase,
  type LocalStep,
  type LocalSubject,
  OWN,
  RULE,
  at,
  bytes,
  expectedAt,
  failsWith,
  staged,
} from './local-store.subject.js'

const USER = 'what the user wrote meanwhile'
const OLD = 'old content'
const NEW = 'new content, staged'

interface Change {
  readonly title: string
  /** The file that is changed, and the place where it may be afterwards. */
  readonly from: string
  readonly to: string
  readonly run: (store: LocalStore) => Promise<Outcome>
}

/** The expectation is taken in the same breath as the plan's would be: before anything else happens. */
const CHANGES: readonly Change[] = [
  {
    title: 'replaceIf',
    from: 'd/f',
    to: 'd/f',
    run: async (store) => store.replaceIf('s', at('d/f'), await expectedAt(store, 'd/f')),
  },
  {
    title: 'replaceIf hot',
    from: 'd/f',
    to: 'd/f',
    run: async (store) => store.replaceIf('s', at('d/f'), await expectedAt(store, 'd/f'), { hot: true }),
  },
  {
    title: 'moveIf of a file',
    from: 'd/f',
    to: 'g',
    run: async (store) => store.moveIf(at('d/f'), at('g'), await expectedAt(store, 'd/f')),
  },
  {
    title: 'detachIf of a file',
    from: 'd/f',
    to: 'd/f',
    run: async (store) => store.detachIf(at('d/f'), 't', await expectedAt(store, 'd/f')),
  },
  {
    title: 'removeIf of a file',
    from: 'd/f',
    to: 'd/f',
    run: async (store) => store.removeIf(at('d/f'), await expectedAt(store, 'd/f')),
  },
  {
    title: 'removeIf of a file that is not kept',
    from: 'd/f',
    to: 'd/f',
    run: async (store) => store.removeIf(at('d/f'), await expectedAt(store, 'd/f'), { keep: false }),
  },
  {
    title: 'setExecutableIf',
    from: 'd/f',
    to: 'd/f',
    run: async (store) => store.setExecutableIf(at('d/f'), await expectedAt(store, 'd/f'), true),
  },
]

interface UserAct {
  readonly title: string
  /** What has to be so for its moment to come. */
  readonly needs?: (change: Change) => readonly LocalCapability[]
  readonly fits: (change: Change) => boolean
  /** False when its file was gone by then: the user did nothing. */
  readonly act: (hands: Hands, change: Change) => Promise<boolean>
}

/** For a moment a file that is moved has two names. What a user does to each of them, before his eyes. */
async function atBothNames(
  hands: Hands,
  { from, to }: Change,
  act: (from: string, to: string) => Promise<void>,
): Promise<boolean> {
  if (!(await hands.exists(from)) || !(await hands.exists(to))) return false
  await act(from, to)
  return true
}

/** A file that is moved by links has two names for a moment. */
const byLinks = (): readonly LocalCapability[] => ['links']

const hasTwoNames = (change: Change): boolean => change.title === 'moveIf of a file'

const ACTS: readonly UserAct[] = [
  {
    title: 'an edit in place',
    fits: () => true,
    act: async (hands, { from }) => {
      if (!(await hands.exists(from))) return false
      await hands.write(from, USER)
      return true
    },
  },
  {
    title: 'a save by rename',
    fits: () => true,
    act: async (hands, { from }) => {
      if (!(await hands.exists(from))) return false
      await hands.save(from, USER)
      return true
    },
  },
  {
    title: 'a new file at the target, or at the place left',
    fits: (change) => !['setExecutableIf', 'replaceIf'].includes(change.title),
    needs: (change) => (change.title === 'replaceIf hot' ? ['displaces'] : []),
    act: async (hands, { from, to }) => {
      const free = (await hands.exists(to)) ? from : to
      if (await hands.exists(free)) return false
      await hands.write(free, USER)
      return true
    },
  },
  {
    title: 'an edit, then a rename out of the way',
    fits: () => true,
    act: async (hands, { from }) => {
      if (!(await hands.exists(from))) return false
      await hands.write(from, USER)
      await hands.rename(from, 'renamed')
      return true
    },
  },
  {
    title: 'an edit, then the parent renamed',
    fits: () => true,
    act: async (hands, { from }) => {
      if (!(await hands.exists(from))) return false
      await hands.write(from, USER)
      await hands.rename('d', 'd2')
      return true
    },
  },
  {
    title: 'the new name deleted, an edit by the old one',
    fits: hasTwoNames,
    needs: byLinks,
    act: (hands, change) =>
      atBothNames(hands, change, async (from, to) => {
        await hands.unlink(to)
        await hands.write(from, USER)
      }),
  },
  {
    title: 'the old name deleted, an edit by the new one',
    fits: hasTwoNames,
    needs: byLinks,
    act: (hands, change) =>
      atBothNames(hands, change, async (from, to) => {
        await hands.unlink(from)
        await hands.write(to, USER)
      }),
  },
  {
    title: 'a save by rename at the old name, an edit by the new one',
    fits: hasTwoNames,
    needs: byLinks,
    act: (hands, change) =>
      atBothNames(hands, change, async (from, to) => {
        await hands.save(from, 'saved')
        await hands.write(to, USER)
      }),
  },
  {
    title: 'a save by rename at the new name, an edit by the old one',
    fits: hasTwoNames,
    needs: byLinks,
    act: (hands, change) =>
      atBothNames(hands, change, async (from, to) => {
        await hands.save(to, 'saved')
        await hands.write(from, USER)
      }),
  },
]

interface Run {
  readonly outcome: Outcome
  /** What a user sees afterwards. */
  readonly contents: ReadonlyMap<string, string>
  /** What the store has in its hands afterwards, by the name it has there. */
  readonly trash: ReadonlyMap<string, string>
  readonly moving: ReadonlyMap<string, string>
  /** Steps made by the change; the act came before the last but some. */
  readonly steps: readonly LocalStep[]
}

/** One change, with something done before its `moment`-th step (counted from 0). */
async function play(
  subject: LocalSubject,
  change: Change,
  moment: number,
  meanwhile: (hands: Hands) => Promise<void>,
): Promise<Run> {
  const hands = new Hands(subject)
  let counting = false
  const steps: LocalStep[] = []
  const before = async (step: LocalStep): Promise<void> => {
    if (!counting) return
    steps.push(step)
    if (steps.length - 1 === moment) await meanwhile(hands)
  }
  const store = subject.store({ before })
  await store.open()
  await hands.mkdir('d')
  await hands.write('d/f', OLD)
  await staged(store, 's', NEW)
  const counted = countFrom(store, () => {
    counting = true
  })
  const outcome = await change.run(counted)
  counting = false
  const contents = await hands.contents()
  const { trash, moving } = await takeOut(store, hands)
  await store.close()
  await clear(hands)
  return { outcome, contents, trash, moving, steps }
}

/** What lies in the trash and in `moving`, read by putting it into the root, where nothing else goes by these names. */
async function takeOut(store: LocalStore, hands: Hands): Promise<Pick<Run, 'trash' | 'moving'>> {
  const trash = new Map<string, string>()
  const moving = new Map<string, string>()
  for (const { kept } of await store.kept()) {
    if ((await store.restoreKept(kept, at('taken-out'))).outcome !== 'done') continue
    trash.set(kept, (await hands.read('taken-out')) ?? '')
    await hands.unlink('taken-out')
  }
  for (const { token } of await store.detached()) {
    if ((await store.attach(token, at('taken-out'))).outcome !== 'done') continue
    moving.set(token, (await hands.read('taken-out')) ?? '')
    await hands.unlink('taken-out')
  }
  return { trash, moving }
}

/** The look that makes the expectation belongs to the plan, not to the change. */
function countFrom(store: LocalStore, start: () => void): LocalStore {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]): unknown => {
        if (name !== 'stat') start()
        return Reflect.apply(member, target, args) as unknown
      }
    },
  })
}

/** Takes away all a user sees: the next run starts on an empty tree. */
async function clear(hands: Hands, path = ''): Promise<void> {
  for (const name of await hands.names(path)) {
    const inside = path === '' ? name : `${path}/${name}`
    if (inside === OWN) continue
    if ((await hands.kind(inside)) !== 'directory') await hands.unlink(inside)
    else {
      await clear(hands, inside)
      await hands.rmdir(inside)
    }
  }
}

/** The user's words are where a person or the engine finds them. */
function isSafe({ outcome, contents, trash }: Run): boolean {
  if ([...contents.values()].includes(USER)) return true
  const kept = 'kept' in outcome ? outcome.kept : undefined
  return kept !== undefined && trash.get(kept) === USER
}

/**
 * The pair that counts as one step: the last look of the atomic order, and its swap. A file that is renamed into the
 * place between the two is lost (INV-18 says so; the lossless order has no such pair).
 */
function isOneStep(change: Change, run: Run, moment: number, act: UserAct): boolean {
  const replaces = change.title === 'replaceIf' && act.title !== 'an edit in place'
  return replaces && run.steps[moment]?.swaps === true
}

function told({ steps, outcome }: Run): string {
  return `${steps.map(({ name }) => name).join('; ')}: ${JSON.stringify(outcome)}`
}

function raceCase(change: Change, act: UserAct): LocalCase {
  return {
    rule: 'INV-18',
    title: `${act.title} before every step of ${change.title}`,
    needs: ['before', ...(act.needs?.(change) ?? [])],
    run: async (subject) => {
      let moment = 0
      let wrote = 0
      for (; ; moment++) {
        let done = false
        let userWrote = false
        const run = await play(subject, change, moment, async (hands) => {
          userWrote = await act.act(hands, change)
          done = true
        })
        if (!done) break
        if (!userWrote) continue
        const where = `${change.title}, ${act.title}, before step ${moment}: ${told(run)}`
        wrote += 1
        assert.ok(
          isSafe(run) || isOneStep(change, run, moment, act),
          `lost: ${where} ${JSON.stringify([...run.contents])}`,
        )
        const { outcome } = run
        if (outcome.outcome === 'done' && change.to === change.from && run.contents.get(change.from) === USER) {
          // An edit after the change: the stamp must not claim it, or it would never be uploaded.
          assert.notEqual(outcome.stamp?.size, USER.length, where)
        }
      }
      assert.ok(moment >= 3, 'the change made hardly a step')
      assert.ok(wrote >= 1, 'the user never came to write')
    },
  }
}

const ERRORS = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'EBUSY'] as const

function errorCase(change: Change): LocalCase {
  return {
    rule: 'INV-25',
    title: `every step of ${change.title} fails once`,
    needs: ['before'],
    run: async (subject) => {
      for (const code of ERRORS) {
        let moment = 0
        for (; ; moment++) {
          let failed = false
          const run = await play(subject, change, moment, async () => {
            failed = true
            throw Object.assign(new Error(code), { code })
          })
          if (!failed) break
          const where = `${change.title}, ${code} at step ${moment}: ${told(run)}`
          const everywhere = [run.contents, run.trash, run.moving].flatMap((texts) => [...texts.values()])
          const replaced = change.title.startsWith('replaceIf') && run.contents.get('d/f') === NEW
          assert.ok(everywhere.includes(OLD) || replaced, `lost: ${where}`)
          if (run.outcome.outcome !== 'failed') continue
          assert.equal(
            run.contents.get('d/f'),
            OLD,
            `changed though it failed: ${where} ${JSON.stringify([...run.contents])}`,
          )
          assert.equal(run.contents.has('g'), false, where)
        }
        assert.ok(moment >= 3, 'the change made hardly a step')
      }
    },
  }
}

const KEPT: LocalCase = {
  rule: 'LOCAL-16',
  title: 'a content that was displaced is told, and becomes a file of its own at a free place',
  needs: ['before', 'displaces'],
  run: async (subject) => {
    const hands = new Hands(subject)
    const before = async ({ swaps }: LocalStep): Promise<void> => {
      if (swaps) await hands.write('d/f', USER)
    }
    const store = subject.store({ before })
    await store.open()
    await hands.mkdir('d')
    await hands.write('d/f', OLD)
    await staged(store, 's', NEW)
    const outcome = await store.replaceIf('s', at('d/f'), await expectedAt(store, 'd/f'))
    assert.equal(outcome.outcome, 'displaced', JSON.stringify(outcome))
    const { kept, stamp } = outcome
    assert.equal(stamp.size, NEW.length)
    assert.deepEqual(await store.restoreKept(kept, at('d/f')), { outcome: 'moved' })
    assert.deepEqual(await store.restoreKept(kept, at('none/f')), { outcome: 'moved' })
    assert.equal((await store.restoreKept(kept, at('d/copy'))).outcome, 'done')
    assert.deepEqual(await store.restoreKept(kept, at('d/again')), { outcome: 'moved' })
    await failsWith(store.restoreKept('../x', at('d/x')), 'internal')
    assert.deepEqual([await hands.read('d/f'), await hands.read('d/copy')], [NEW, USER])
    await store.close()
  },
}

async function neverOutside(subject: LocalSubject, change: Change): Promise<void> {
  let moment = 0
  for (; ; moment++) {
    let swapped = false
    const run = await play(subject, change, moment, async (hands) => {
      await hands.rename('d', 'real')
      await hands.mkdir('outside')
      await hands.symlink('outside', 'd')
      swapped = true
    })
    if (!swapped) break
    const where = `${change.title} before step ${moment}: ${told(run)}`
    const all = [...run.contents, ...run.trash, ...run.moving]
    assert.ok(
      all.some(([, text]) => text === OLD || text === NEW),
      `lost: ${where}`,
    )
    assert.deepEqual(
      all.filter(([path]) => path.startsWith('outside/')),
      [],
      `written outside: ${where}`,
    )
  }
  assert.ok(moment >= 3, 'the change made hardly a step')
}

const SWAPS: readonly LocalCase[] = [
  {
    rule: 'SEC-13',
    title: 'the same for a new file and a new directory',
    needs: ['before', 'symlink'],
    run: async (subject) => {
      const makes: readonly Change[] = [
        { title: 'create', from: 'd/f', to: 'd/n', run: (store) => store.create('s', at('d/n')) },
        { title: 'makeDirectory', from: 'd/f', to: 'd/n', run: (store) => store.makeDirectory(at('d/n')) },
      ]
      for (const change of makes) await neverOutside(subject, change)
    },
  },
  {
    rule: 'SEC-13',
    title: 'a parent that is swapped for a link before every step: nothing is done outside, or it is told',
    needs: ['before', 'symlink'],
    run: async (subject) => {
      for (const change of CHANGES) await neverOutside(subject, change)
    },
  },
]

/** As long as `OLD`: its size does not give it away. */
const EDITED = 'own content'
const BEFORE_MS = 1_000_000_000_000
const AFTER_MS = 1_100_000_000_000

/** Content and stamp of a description are those of one instant: of before the user's edit, or of after it (INV-17). */
function describeCase(title: string, edit: (hands: Hands) => Promise<void>): LocalCase {
  return {
    rule: 'LOCAL-3',
    title: `${title} before every step of a description: content and stamp are of one instant, or it is busy`,
    needs: ['before', 'times'],
    run: async (subject) => {
      const digestOf = (text: string): string =>
        describeContent(bytes(text), { hasher: portableHasher(), rule: RULE }).digest
      const contents = new Map([OLD, EDITED].map((text) => [digestOf(text), text]))
      let moment = 0
      for (let wasEdited = true; wasEdited; moment++) {
        wasEdited = false
        const hands = new Hands(subject)
        let left: number | null = null
        const before = async (): Promise<void> => {
          if (left === null || left-- > 0) return
          left = null
          wasEdited = true
          await edit(hands)
          await hands.touch('f', AFTER_MS)
        }
        const store = subject.store({ before })
        await store.open()
        await hands.write('f', OLD)
        await hands.touch('f', BEFORE_MS)
        left = moment
        const found = await store.describe('f', RULE)
        left = null
        if (found.state === 'read') {
          const wanted = contents.get(found.digest) === EDITED ? AFTER_MS : BEFORE_MS
          assert.equal(BigInt(found.stamp.mtimeNs) / 1_000_000n, BigInt(wanted), `${title} before step ${moment}`)
        } else assert.equal(found.state, 'busy')
        await store.close()
        await clear(hands)
      }
      assert.ok(moment >= 4, 'the description made hardly a step')
    },
  }
}

const DESCRIPTIONS: readonly LocalCase[] = [
  describeCase('an edit in place', (hands) => hands.write('f', EDITED)),
  describeCase('a save by rename', (hands) => hands.save('f', EDITED)),
]

export const RACE_CASES: readonly LocalCase[] = [
  ...DESCRIPTIONS,
  ...CHANGES.flatMap((change) => ACTS.filter((act) => act.fits(change)).map((act) => raceCase(change, act))),
  ...CHANGES.map(errorCase),
  ...SWAPS,
  KEPT,
]
