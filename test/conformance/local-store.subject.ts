/** What a local store is tried with: stores on one root, and the hands of a user on the same tree. */

import {
  type ContentRule,
  type Digest,
  type DirectoryEntry,
  type Expected,
  type LocalStore,
  type Outcome,
  type Stamp,
  type Target,
} from '../../src/index.js'
import { assert, required, withCode } from './assertion.js'
import type { Case } from './case.js'

/** One step of a store on its ground, between which and the next another program can do something. */
export interface LocalStep {
  /** For messages. */
  readonly name: string
  /** This step puts a staged file over, or at the place of, what was looked at before. */
  readonly swaps: boolean
}

/** What is other than usual about a store. */
export interface LocalStoreOptions {
  /** Path below the root of the subject that is to be the root instead; '/' is the top of the ground. */
  readonly at?: string
  /** Awaited before each step of the store. When it throws, the step fails with that error, whose `code` is one of Node's ('EIO', …). */
  readonly before?: (step: LocalStep) => Promise<void>
}

/**
 * What a user does to the tree, past the store. Paths are below the root, parts joined by '/', '' is the root. Each call
 * but `read` and `kind` throws where it cannot be done; none of them makes a parent.
 */
export interface LocalHands {
  /** In place when the file is there, else a new one. */
  write(path: string, text: string): Promise<void>
  /** Null where there is no file. */
  read(path: string): Promise<string | null>
  /** What stands there, a link not followed; null for nothing. */
  kind(path: string): Promise<'file' | 'directory' | 'symlink' | 'special' | null>
  /** Names in a directory, in any order; that of the store's own may be among them. */
  names(path: string): Promise<readonly string[]>
  /** One directory. */
  mkdir(path: string): Promise<void>
  /** An empty directory. */
  rmdir(path: string): Promise<void>
  /** Anything but a directory. */
  unlink(path: string): Promise<void>
  /** Replaces a file. */
  rename(from: string, to: string): Promise<void>
  /** Sets the modification time, milliseconds since 1970. */
  touch(path: string, ms: number): Promise<void>
  /** Permission bits, octal as in POSIX. */
  readonly chmod?: (path: string, mode: number) => Promise<void>
  /** All twelve permission bits. */
  readonly mode?: (path: string) => Promise<number>
  /** A link at `path`. */
  readonly symlink?: (target: string, path: string) => Promise<void>
  /** A second name of a file. */
  readonly link?: (from: string, to: string) => Promise<void>
  /** How many names a file has. */
  readonly links?: (path: string) => Promise<number>
  /** A file opened for writing, as an editor holds it; `write` writes from the start. */
  readonly hold?: (path: string) => Promise<{ write(text: string): Promise<void>; close(): Promise<void> }>
  /** A FIFO. */
  readonly special?: (path: string) => Promise<void>
  /** An entry whose name is not valid Unicode. */
  readonly invalidName?: (directory: string) => Promise<void>
}

/** A tree, stores on it, and a user's hands. */
export interface LocalSubject {
  /** A store on the root, not opened. Each call gives a new object over the same tree. */
  readonly store: (options?: LocalStoreOptions) => LocalStore
  /** What a user does to the same tree. */
  readonly hands: LocalHands
  /** Names beside the root, to see that nothing is put there. */
  readonly beside?: () => Promise<readonly string[]>
  /** Makes the store's own data look as if a later version had written it; no store is open. */
  readonly makeNewer?: () => Promise<void>
  /** All bytes of the root and of what is the store's own, to see that nothing touched them. */
  readonly bytes?: () => Promise<string>
}

/**
 * What not every ground, or not every user, can do or show.
 * `at`, `before`, `beside`, `makeNewer`, `bytes`: the members of these names. `links`: hands with `link` and `links`;
 * `symlink`, `hold`, `special`, `invalidName`: hands with these; `modes`: hands with `chmod` and `mode`, and a ground that
 * keeps all twelve bits. `file-ids`: the stamps have them. `displaces`: a replace goes by steps, between which a user can
 * get. `times`: the ground keeps the modification times that hands and staged files set. `mode-bits`: bits keep this user out. `exact-case`: 'a' and 'A' are two names.
 * `own-directory`: the store keeps its own in `.tidemark/` of the root, as the folder store does, where hands reach it.
 */
export type LocalCapability =
  | 'at'
  | 'before'
  | 'beside'
  | 'bytes'
  | 'displaces'
  | 'exact-case'
  | 'file-ids'
  | 'hold'
  | 'invalidName'
  | 'links'
  | 'makeNewer'
  | 'mode-bits'
  | 'modes'
  | 'own-directory'
  | 'special'
  | 'symlink'
  | 'times'

export type LocalCase = Case<LocalSubject, LocalCapability>

export const RULE: ContentRule = {
  algorithm: 'blake2b-256',
  keyCheck: null,
  boundarySeed: '0123456789abcdef0123456789abcdef',
  averages: [
    [1_572_864, 2_048],
    [null, 65_536],
  ],
}

/** Stands for "a file": stamps speak for content in these calls. */
export const SOME_CONTENT = 'ab'.repeat(32) as Digest

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export function at(path: string, parent: Target['parent'] = null): Target {
  return { path, parent }
}

/** The hands of a subject, with what is made of them. */
export class Hands {
  readonly #hands: LocalHands

  constructor({ hands }: LocalSubject) {
    this.#hands = hands
  }

  write(path: string, text: string): Promise<void> {
    return this.#hands.write(path, text)
  }

  /** As editors do: a temporary file, renamed over the old one. */
  async save(path: string, text: string): Promise<void> {
    await this.write('save.tmp', text)
    await this.rename('save.tmp', path)
  }

  read(path: string): Promise<string | null> {
    return this.#hands.read(path)
  }

  kind(path: string): ReturnType<LocalHands['kind']> {
    return this.#hands.kind(path)
  }

  async exists(path: string): Promise<boolean> {
    return (await this.kind(path)) !== null
  }

  mkdir(path: string): Promise<void> {
    return this.#hands.mkdir(path)
  }

  rmdir(path: string): Promise<void> {
    return this.#hands.rmdir(path)
  }

  unlink(path: string): Promise<void> {
    return this.#hands.unlink(path)
  }

  rename(from: string, to: string): Promise<void> {
    return this.#hands.rename(from, to)
  }

  touch(path: string, ms: number): Promise<void> {
    return this.#hands.touch(path, ms)
  }

  symlink(target: string, path: string): Promise<void> {
    return required(this.#hands.symlink)(target, path)
  }

  link(from: string, to: string): Promise<void> {
    return required(this.#hands.link)(from, to)
  }

  links(path: string): Promise<number> {
    return required(this.#hands.links)(path)
  }

  /** Whether a program can hold a file open on this ground. */
  get canHold(): boolean {
    return this.#hands.hold !== undefined
  }

  hold(path: string): Promise<{ write(text: string): Promise<void>; close(): Promise<void> }> {
    return required(this.#hands.hold)(path)
  }

  special(path: string): Promise<void> {
    return required(this.#hands.special)(path)
  }

  invalidName(directory: string): Promise<void> {
    return required(this.#hands.invalidName)(directory)
  }

  chmod(path: string, mode: number): Promise<void> {
    return required(this.#hands.chmod)(path, mode)
  }

  mode(path: string): Promise<number> {
    return required(this.#hands.mode)(path)
  }

  /** Names in a directory, in order, our own included. */
  async names(path: string): Promise<readonly string[]> {
    return [...(await this.#hands.names(path))].sort()
  }

  /** Contents of all files a user sees below a directory, by path. */
  async contents(path = ''): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const name of await this.names(path)) {
      const inside = path === '' ? name : `${path}/${name}`
      if (inside === OWN) continue
      const kind = await this.kind(inside)
      if (kind === 'directory') for (const [below, text] of await this.contents(inside)) found.set(below, text)
      if (kind === 'file') found.set(inside, (await this.read(inside))!)
    }
    return found
  }
}

/** Where a store may keep its own, inside the root. */
export const OWN = '.tidemark'

/** Opens, runs, closes. */
export async function opened(
  subject: LocalSubject,
  run: (store: LocalStore, hands: Hands) => Promise<void>,
): Promise<void> {
  const store = subject.store()
  await store.open()
  try {
    await run(store, new Hands(subject))
  } finally {
    await store.close()
  }
}

export async function staged(store: LocalStore, name: string, text: string, executable = false): Promise<void> {
  const file = await store.stage(name)
  await file.write(bytes(text))
  await file.finish({ modifiedAt: 1_600_000_000_000, executable })
}

/** Bytes that lie staged under a name; 0 for a name that is not staged. Leaves none behind that was not there. */
export async function stagedBytes(store: LocalStore, name: string): Promise<number> {
  const file = await store.stage(name, { resume: true })
  const { written } = file
  await (written === 0 ? file.discard() : file.suspend())
  return written
}

export async function entryAt(store: LocalStore, path: string): Promise<DirectoryEntry> {
  const result = await store.stat(path)
  assert.equal(result.state, 'present', `${path} is not there`)
  return result.entry
}

export async function expectedAt(store: LocalStore, path: string): Promise<Expected> {
  const { stamp, kind } = await entryAt(store, path)
  return { stamp, content: kind === 'directory' ? null : SOME_CONTENT }
}

export async function idAt(store: LocalStore, path: string): Promise<Stamp['fileId']> {
  return (await entryAt(store, path)).stamp.fileId
}

/** Texts of all that lies in the trash, in order. Each is put into the root to be read, and taken away again. */
export async function trashedTexts(store: LocalStore, hands: Hands): Promise<readonly string[]> {
  const texts: string[] = []
  for (const { kept } of await store.kept()) {
    const outcome = await store.restoreKept(kept, at(LOOK))
    assert.equal(outcome.outcome, 'done', JSON.stringify(outcome))
    texts.push((await hands.read(LOOK))!)
    await hands.unlink(LOOK)
  }
  return texts.sort()
}

const LOOK = 'what-was-kept'

export function isDone(outcome: Outcome): Stamp | null {
  assert.equal(outcome.outcome, 'done', JSON.stringify(outcome))
  return outcome.stamp
}

export function isMoved(outcome: Outcome): void {
  assert.deepEqual(outcome, { outcome: 'moved' })
}

export function isProblem(outcome: Outcome, code: string): void {
  assert.equal(outcome.outcome, 'failed', JSON.stringify(outcome))
  assert.equal(outcome.problem.code, code)
}

export async function failsWith(run: Promise<unknown>, code: Parameters<typeof withCode>[0]): Promise<void> {
  await assert.rejects(run, withCode(code), `wanted ${code}`)
}
