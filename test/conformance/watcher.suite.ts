/** The rules of a watcher on a real directory: the rows of the table of what watchers miss, each as a case. */

import assert from 'node:assert/strict'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Watcher, isTidemarkError } from '../../src/index.js'

export interface WatcherSubject {
  /** Not started. */
  readonly watcher: (root: string) => Watcher
  /** An empty directory that is watched, and one beside it that is not. */
  readonly root: string
  readonly beside: string
}

export interface WatcherCase {
  readonly rule: string
  readonly title: string
  readonly run: (subject: WatcherSubject) => Promise<void>
}

/** Longest wait for a hint, milliseconds: a bound for failures, not a pace. */
const PATIENCE_MS = 20_000

/** Collects hints and waits for one that has a directory listed again. */
class Hints {
  #paths: string[] = []
  #unknown = false
  #waiting: (() => void) | null = null

  readonly onPaths = (paths: readonly string[]): void => {
    this.#paths.push(...paths)
    this.#waiting?.()
  }

  readonly onUnknown = (): void => {
    this.#unknown = true
    this.#waiting?.()
  }

  get paths(): readonly string[] {
    return this.#paths
  }

  forget(): void {
    this.#paths = []
    this.#unknown = false
  }

  #covers(path: string): boolean {
    const directory = parent(path)
    return this.#unknown || this.#paths.some((hint) => parent(hint) === directory)
  }

  covered(path: string): Promise<void> {
    return this.#until(() => this.#covers(path), `a hint for ${path}`)
  }

  /** Told as unknown. */
  lost(): Promise<void> {
    return this.#until(() => this.#unknown, 'unknown')
  }

  async #until(isTrue: () => boolean, what: string): Promise<void> {
    const limit = AbortSignal.timeout(PATIENCE_MS)
    limit.addEventListener('abort', () => this.#waiting?.(), { once: true })
    while (!isTrue()) {
      assert.equal(limit.aborted, false, `not ${what}, only ${this.#paths.join(', ')}`)
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
  run: (hints: Hints, path: (inside: string) => string) => Promise<void>,
): Promise<void> {
  const watcher = subject.watcher(subject.root)
  const hints = new Hints()
  await watcher.start(hints)
  try {
    await run(hints, (inside) => join(subject.root, inside))
  } finally {
    await watcher.stop()
  }
}

/** Once a directory was hinted, what is written into it is hinted as well. */
async function laterWrite(hints: Hints, inside: string, path: string): Promise<void> {
  hints.forget()
  await writeFile(path, 'later')
  await hints.covered(inside)
}

export const WATCHER_CASES: readonly WatcherCase[] = [
  {
    rule: 'WATCH-3',
    title: 'a write right after start is hinted, in the root and below',
    run: async (subject) => {
      await mkdir(join(subject.root, 'd'))
      await watching(subject, async (hints, path) => {
        await writeFile(path('f'), 'x')
        await hints.covered('f')
        await laterWrite(hints, 'd/f', path('d/f'))
        await laterWrite(hints, 'd/f', path('d/f'))
        hints.forget()
        await rm(path('d/f'))
        await hints.covered('d/f')
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'mkdir -p and a file in it at once, and writes into it later',
    run: (subject) =>
      watching(subject, async (hints, path) => {
        await mkdir(path('a/b/c'), { recursive: true })
        await writeFile(path('a/b/c/f'), 'x')
        await hints.covered('a/b/c/f')
        await hints.covered('a/b/c')
        await laterWrite(hints, 'a/b/c/g', path('a/b/c/g'))
        await laterWrite(hints, 'a/b/g', path('a/b/g'))
      }),
  },
  {
    rule: 'WATCH-1',
    title: 'a populated directory moved in, and writes into it later',
    run: async (subject) => {
      await mkdir(join(subject.beside, 'full/deep/deeper'), { recursive: true })
      await writeFile(join(subject.beside, 'full/deep/deeper/f'), 'x')
      await watching(subject, async (hints, path) => {
        await rename(join(subject.beside, 'full'), path('full'))
        await hints.covered('full')
        await hints.covered('full/deep/deeper/f')
        await laterWrite(hints, 'full/deep/deeper/g', path('full/deep/deeper/g'))
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'writes below a renamed directory are hinted under its new name',
    run: async (subject) => {
      await mkdir(join(subject.root, 'old/deep'), { recursive: true })
      await mkdir(join(subject.root, 'else'))
      await writeFile(join(subject.root, 'old/deep/f'), 'x')
      await watching(subject, async (hints, path) => {
        await rename(path('old'), path('new'))
        await hints.covered('new')
        await hints.covered('new/deep/f')
        await laterWrite(hints, 'new/deep/f', path('new/deep/f'))
        hints.forget()
        await rename(path('new'), path('else/newer'))
        await hints.covered('else/newer')
        await hints.covered('else/newer/deep/f')
        await laterWrite(hints, 'else/newer/deep/g', path('else/newer/deep/g'))
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'everything below a renamed directory: each directory of a wide tree, and writes into each later',
    run: async (subject) => {
      const inside = ['', 'a', 'b', 'a/a', 'a/b', 'b/a', 'b/b', 'a/a/a', 'b/b/b']
      for (const path of inside) {
        await mkdir(join(subject.root, 'old', path), { recursive: true })
        await writeFile(join(subject.root, 'old', path, 'f'), 'x')
      }
      await watching(subject, async (hints, path) => {
        await rename(path('old'), path('new'))
        for (const below of inside) await hints.covered(join('new', below, 'f'))
        for (const below of inside) {
          await laterWrite(hints, join('new', below, 'g'), path(join('new', below, 'g')))
        }
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'a populated directory moved out and in again, under another name, and writes into it later',
    run: async (subject) => {
      await mkdir(join(subject.root, 'd/deep'), { recursive: true })
      await writeFile(join(subject.root, 'd/deep/f'), 'x')
      await watching(subject, async (hints, path) => {
        await rename(path('d'), join(subject.beside, 'd'))
        await hints.covered('d')
        hints.forget()
        await rename(join(subject.beside, 'd'), path('back'))
        await hints.covered('back')
        await hints.covered('back/deep/f')
        await laterWrite(hints, 'back/deep/f', path('back/deep/f'))
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'files at every depth of a tree made at once',
    run: (subject) =>
      watching(subject, async (hints, path) => {
        for (const inside of ['p/q/r', 'p/s/t', 'u']) {
          await mkdir(path(inside), { recursive: true })
          await writeFile(path(`${inside}/f`), 'x')
        }
        await writeFile(path('p/f'), 'x')
        for (const inside of ['p/f', 'p/q/r/f', 'p/s/t/f', 'u/f']) await hints.covered(inside)
      }),
  },
  {
    rule: 'WATCH-1',
    title: 'a directory that is removed while it is written to, with the one above it',
    run: async (subject) => {
      await mkdir(join(subject.root, 'd/e/g'), { recursive: true })
      await mkdir(join(subject.root, 'other'))
      await watching(subject, async (hints, path) => {
        await writeFile(path('d/e/g/f'), 'x')
        await rm(path('d'), { recursive: true })
        await hints.covered('d')
        await laterWrite(hints, 'other/f', path('other/f'))
      })
    },
  },
  {
    rule: 'WATCH-6',
    title: 'the root itself renamed away: unknown',
    run: (subject) =>
      watching(subject, async (hints) => {
        await rename(subject.root, join(subject.beside, 'away'))
        await hints.lost()
      }),
  },
  {
    rule: 'WATCH-6',
    title: 'the root itself removed: unknown',
    run: (subject) =>
      watching(subject, async (hints) => {
        await rm(subject.root, { recursive: true })
        await hints.lost()
      }),
  },
  {
    rule: 'WATCH-6',
    title: 'the root replaced by another directory: unknown',
    run: async (subject) => {
      await mkdir(join(subject.beside, 'other'))
      await watching(subject, async (hints) => {
        await rename(subject.root, join(subject.beside, 'away'))
        await rename(join(subject.beside, 'other'), subject.root)
        await hints.lost()
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'an atomic replace',
    run: async (subject) => {
      await mkdir(join(subject.root, 'd'))
      await writeFile(join(subject.root, 'd/f'), 'old')
      await watching(subject, async (hints, path) => {
        await writeFile(path('d/f.tmp'), 'new')
        await rename(path('d/f.tmp'), path('d/f'))
        await hints.covered('d/f')
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'a directory that is removed and made again under the same name',
    run: async (subject) => {
      await mkdir(join(subject.root, 'd/e'), { recursive: true })
      await watching(subject, async (hints, path) => {
        await rm(path('d'), { recursive: true })
        await hints.covered('d')
        hints.forget()
        await mkdir(path('d/e'), { recursive: true })
        await hints.covered('d')
        await hints.covered('d/e')
        await laterWrite(hints, 'd/e/f', path('d/e/f'))
      })
    },
  },
  {
    rule: 'WATCH-1',
    title: 'more new directories than there are extra watches',
    run: (subject) =>
      watching(subject, async (hints, path) => {
        for (let index = 0; index < 90; index++) await mkdir(path(`d${index}/in`), { recursive: true })
        await hints.covered('d89/in')
        await laterWrite(hints, 'd0/in/f', path('d0/in/f'))
        await laterWrite(hints, 'd89/in/f', path('d89/in/f'))
      }),
  },
  {
    rule: 'WATCH-1',
    title: 'nothing of our own is hinted',
    run: async (subject) => {
      await mkdir(join(subject.root, '.tidemark/staging'), { recursive: true })
      await watching(subject, async (hints, path) => {
        await writeFile(path('.tidemark/staging/s'), 'x')
        await writeFile(path('.tidemark/root.json'), 'x')
        await writeFile(path('last'), 'x')
        await hints.covered('last')
        assert.deepEqual(
          hints.paths.filter((hint) => hint.startsWith('.tidemark')),
          [],
        )
      })
    },
  },
  {
    rule: 'WATCH-4',
    title: 'a directory that is not there cannot be watched, and a later start may succeed',
    run: async (subject) => {
      const watcher = subject.watcher(join(subject.root, 'later'))
      const hints = new Hints()
      await assert.rejects(watcher.start(hints), (error) => isTidemarkError(error) && error.code === 'io')
      await mkdir(join(subject.root, 'later'))
      await watcher.start(hints)
      await writeFile(join(subject.root, 'later/f'), 'x')
      await hints.covered('f')
      await watcher.stop()
    },
  },
  {
    rule: 'WATCH-5',
    title: 'no hint after stop, which can be repeated',
    run: async (subject) => {
      const stopped = subject.watcher(subject.root)
      const silent = new Hints()
      await stopped.start(silent)
      await stopped.stop()
      await stopped.stop()
      silent.forget()
      await watching(subject, async (hints, path) => {
        await writeFile(path('f'), 'x')
        await hints.covered('f')
      })
      assert.deepEqual(silent.paths, [])
    },
  },
]
