/** The rules of a watcher on a real directory: the rows of the table of what watchers miss, each as a case. */

import type { Watcher } from '../../src/index.js'
import { assert, required, withCode } from './assertion.js'
import type { Case } from './case.js'

/**
 * What a user does to the tree. Paths are below the directory that is watched, parts joined by '/'; '' is that
 * directory itself, and what begins with '../' lies beside it, on the same ground, and is not watched.
 */
export interface WatcherHands {
  /** Makes the file, or replaces its content in place. */
  write(path: string, text: string): Promise<void>
  /** With the parents that are missing. */
  mkdir(path: string): Promise<void>
  /** Replaces a file. */
  rename(from: string, to: string): Promise<void>
  /** Moves what is at `path` to `aside` and `by` to `path`, before anybody in this process hears of the first. */
  exchange(path: string, by: string, aside: string): Promise<void>
  /** With everything below it. */
  remove(path: string): Promise<void>
}

/** A watcher, and hands on the directory it watches. */
export interface WatcherSubject {
  /** A watcher, not started, of the directory or of a path below it. */
  readonly watcher: (below?: string) => Watcher
  /** The directory is there, and empty. */
  readonly hands: WatcherHands
  /** Has a started watcher of the subject lose events. */
  readonly lose?: (watcher: Watcher) => Promise<void>
}

/** The watcher sees by itself what hands do; it can be made to lose events. */
export type WatcherCapability = 'lose' | 'sees'

export type WatcherCase = Case<WatcherSubject, WatcherCapability>

/** Longest wait for a hint, milliseconds: a bound for failures, not a pace. */
const PATIENCE_MS = 20_000

/** Collects hints and waits for one that has a directory listed again. */
class Hints {
  #paths: string[] = []
  #unknown = false
  readonly reasons: string[] = []
  #waiting: (() => void) | null = null

  readonly onPaths = (paths: readonly string[]): void => {
    this.#paths.push(...paths)
    this.#waiting?.()
  }

  readonly onUnknown = (reason: string): void => {
    this.#unknown = true
    this.reasons.push(reason)
    this.#waiting?.()
  }

  get paths(): readonly string[] {
    return this.#paths
  }

  forget(): void {
    this.#paths = []
    this.#unknown = false
    this.reasons.length = 0
  }

  #covers(path: string): boolean {
    const directory = parent(path)
    return this.#unknown || this.#paths.some((hint) => parent(hint) === directory)
  }

  covered(path: string): Promise<void> {
    return this.#until(() => this.#covers(path), `no hint for ${path}`)
  }

  toldUnknown(): Promise<void> {
    return this.#until(() => this.#unknown, 'not told as unknown')
  }

  async #until(condition: () => boolean, otherwise: string): Promise<void> {
    const limit = AbortSignal.timeout(PATIENCE_MS)
    limit.addEventListener('abort', () => this.#waiting?.(), { once: true })
    while (!condition()) {
      assert.ok(!limit.aborted, `${otherwise}, only hints for ${this.#paths.join(', ')}`)
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }
}

function parent(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

async function watching(
  subject: WatcherSubject,
  run: (hints: Hints, hands: WatcherHands, watcher: Watcher) => Promise<void>,
): Promise<void> {
  const watcher = subject.watcher()
  const hints = new Hints()
  await watcher.start(hints)
  try {
    await run(hints, subject.hands, watcher)
  } finally {
    await watcher.stop()
  }
}

/** Once a directory was hinted, what is written into it is hinted as well. */
async function laterWrite(hints: Hints, hands: WatcherHands, path: string): Promise<void> {
  hints.forget()
  await hands.write(path, 'later')
  await hints.covered(path)
}

export const WATCHER_CASES: readonly WatcherCase[] = [
  {
    rule: 'WATCH-3',
    title: 'a write right after start is hinted, in the root and below',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('d')
      await watching(subject, async (hints, hands) => {
        await hands.write('f', 'x')
        await hints.covered('f')
        await laterWrite(hints, hands, 'd/f')
        await laterWrite(hints, hands, 'd/f')
        hints.forget()
        await hands.remove('d/f')
        await hints.covered('d/f')
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'mkdir -p and a file in it at once, and writes into it later',
    needs: ['sees'],
    run: (subject) =>
      watching(subject, async (hints, hands) => {
        await hands.mkdir('a/b/c')
        await hands.write('a/b/c/f', 'x')
        await hints.covered('a/b/c/f')
        await hints.covered('a/b/c')
        await laterWrite(hints, hands, 'a/b/c/g')
        await laterWrite(hints, hands, 'a/b/g')
      }),
  },
  {
    rule: 'WATCH-1',
    title: 'a populated directory moved in, and writes into it later',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('../beside/full/deep/deeper')
      await subject.hands.write('../beside/full/deep/deeper/f', 'x')
      await watching(subject, async (hints, hands) => {
        await hands.rename('../beside/full', 'full')
        await hints.covered('full')
        await hints.covered('full/deep/deeper/f')
        await laterWrite(hints, hands, 'full/deep/deeper/g')
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'writes below a renamed directory are hinted under its new name',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('old/deep')
      await subject.hands.mkdir('else')
      await subject.hands.write('old/deep/f', 'x')
      await watching(subject, async (hints, hands) => {
        await hands.rename('old', 'new')
        await hints.covered('new')
        await hints.covered('new/deep/f')
        await laterWrite(hints, hands, 'new/deep/f')
        hints.forget()
        await hands.rename('new', 'else/newer')
        await hints.covered('else/newer')
        await hints.covered('else/newer/deep/f')
        await laterWrite(hints, hands, 'else/newer/deep/g')
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'everything below a renamed directory: each directory of a wide tree, and writes into each later',
    needs: ['sees'],
    run: async (subject) => {
      const inside = ['', '/a', '/b', '/a/a', '/a/b', '/b/a', '/b/b', '/a/a/a', '/b/b/b']
      for (const below of inside) {
        await subject.hands.mkdir(`old${below}`)
        await subject.hands.write(`old${below}/f`, 'x')
      }
      await watching(subject, async (hints, hands) => {
        await hands.rename('old', 'new')
        for (const below of inside) await hints.covered(`new${below}/f`)
        for (const below of inside) await laterWrite(hints, hands, `new${below}/g`)
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'a populated directory moved out and in again, under another name, and writes into it later',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('d/deep')
      await subject.hands.mkdir('../beside')
      await subject.hands.write('d/deep/f', 'x')
      await watching(subject, async (hints, hands) => {
        await hands.rename('d', '../beside/d')
        await hints.covered('d')
        hints.forget()
        await hands.rename('../beside/d', 'back')
        await hints.covered('back')
        await hints.covered('back/deep/f')
        await laterWrite(hints, hands, 'back/deep/f')
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'files at every depth of a tree made at once',
    needs: ['sees'],
    run: (subject) =>
      watching(subject, async (hints, hands) => {
        for (const inside of ['p/q/r', 'p/s/t', 'u']) {
          await hands.mkdir(inside)
          await hands.write(`${inside}/f`, 'x')
        }
        await hands.write('p/f', 'x')
        for (const inside of ['p/f', 'p/q/r/f', 'p/s/t/f', 'u/f']) await hints.covered(inside)
      }),
  },
  {
    rule: 'WATCH-1',
    title: 'a directory that is removed while it is written to, with the one above it',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('d/e/g')
      await subject.hands.mkdir('other')
      await watching(subject, async (hints, hands) => {
        await hands.write('d/e/g/f', 'x')
        await hands.remove('d')
        await hints.covered('d')
        await laterWrite(hints, hands, 'other/f')
      })
    },
  },
  {
    rule: 'WATCH-6',
    title: 'the root itself renamed away: unknown',
    needs: ['sees'],
    run: (subject) =>
      watching(subject, async (hints, hands) => {
        await hands.rename('', '../away')
        await hints.toldUnknown()
      }),
  },
  {
    rule: 'WATCH-6',
    title: 'the root itself removed: unknown',
    needs: ['sees'],
    run: (subject) =>
      watching(subject, async (hints, hands) => {
        await hands.remove('')
        await hints.toldUnknown()
      }),
  },
  {
    rule: 'WATCH-6',
    title: 'the root replaced by another directory: unknown',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('../other')
      await watching(subject, async (hints, hands) => {
        await hands.exchange('', '../other', '../away')
        await hints.toldUnknown()
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'an atomic replace',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('d')
      await subject.hands.write('d/f', 'old')
      await watching(subject, async (hints, hands) => {
        await hands.write('d/f.tmp', 'new')
        await hands.rename('d/f.tmp', 'd/f')
        await hints.covered('d/f')
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'a directory that is removed and made again under the same name',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('d/e')
      await watching(subject, async (hints, hands) => {
        await hands.remove('d')
        await hints.covered('d')
        hints.forget()
        await hands.mkdir('d/e')
        await hints.covered('d')
        await hints.covered('d/e')
        await laterWrite(hints, hands, 'd/e/f')
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'more new directories than there are extra watches',
    needs: ['sees'],
    run: (subject) =>
      watching(subject, async (hints, hands) => {
        for (let index = 0; index < 90; index++) await hands.mkdir(`d${index}/in`)
        await hints.covered('d89/in')
        await laterWrite(hints, hands, 'd0/in/f')
        await laterWrite(hints, hands, 'd89/in/f')
      }),
  },
  {
    rule: 'WATCH-1',
    title: 'nothing of our own is hinted',
    needs: ['sees'],
    run: async (subject) => {
      await subject.hands.mkdir('.tidemark/staging')
      await watching(subject, async (hints, hands) => {
        await hands.write('.tidemark/staging/s', 'x')
        await hands.write('.tidemark/root.json', 'x')
        await hands.write('last', 'x')
        await hints.covered('last')
        assert.deepEqual(
          hints.paths.filter((hint) => hint.startsWith('.tidemark')),
          [],
        )
      })
    },
  },
  {
    rule: 'WATCH-2 WATCH-5',
    title: 'lost events are told as unknown, with a reason, and not once it is stopped',
    needs: ['lose'],
    run: async (subject) => {
      const lose = required(subject.lose)
      const silent = new Hints()
      await watching(subject, async (hints, _hands, watcher) => {
        await lose(watcher)
        await hints.toldUnknown()
        assert.ok(hints.reasons.every((reason) => reason !== ''))
        await watcher.stop()
        const heard = hints.reasons.length
        await watcher.start(silent)
        await lose(watcher)
        await silent.toldUnknown()
        assert.equal(hints.reasons.length, heard)
      })
    },
  },
  {
    rule: 'WATCH-4',
    title: 'a directory that is not there cannot be watched, and a later start may succeed',
    needs: ['sees'],
    run: async (subject) => {
      const watcher = subject.watcher('later')
      const hints = new Hints()
      await assert.rejects(watcher.start(hints), withCode('io'))
      await subject.hands.mkdir('later')
      await watcher.start(hints)
      await subject.hands.write('later/f', 'x')
      await hints.covered('f')
      await watcher.stop()
    },
  },
  {
    rule: 'WATCH-5',
    title: 'no hint after stop, which can be repeated',
    needs: ['sees'],
    run: async (subject) => {
      const stopped = subject.watcher()
      const silent = new Hints()
      await stopped.start(silent)
      await stopped.stop()
      await stopped.stop()
      silent.forget()
      await watching(subject, async (hints, hands) => {
        await hands.write('f', 'x')
        await hints.covered('f')
      })
      assert.deepEqual(silent.paths, [])
    },
  },
]
