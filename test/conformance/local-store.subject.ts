/** What a local store is tried with: the store, and the hands of a user on the same directory. */

import assert from 'node:assert/strict'
import {
  type ContentRule,
  type Digest,
  type DirectoryEntry,
  type Expected,
  type LocalStore,
  type Outcome,
  type Stamp,
  type Target,
  isTidemarkError,
} from '../../src/index.js'
import type { Disk } from '../../adapters/shared/disk.js'

export interface LocalSubject {
  /** The disk below, for hands and wrappers. */
  readonly disk: Disk
  /** Absolute path of the root. */
  readonly root: string
  /** A store on the root, not opened, over the disk or a wrapper of it. `at`: another root on the same disk. */
  readonly store: (options?: { readonly disk?: Disk; readonly at?: string }) => LocalStore
  readonly symlink: (target: string, path: string) => Promise<void>
  /** An entry whose name is not valid Unicode. */
  readonly invalidName: (directory: string) => Promise<void>
  /** A FIFO. Called where `special-files` is declared only. */
  readonly special: (path: string) => Promise<void>
}

/** What not every disk, or not every user, can do: mode bits keep this user out; there are FIFOs; 'a' and 'A' are two names. */
export type LocalCapability = 'mode-bits' | 'special-files' | 'exact-case'

export interface LocalCase {
  readonly rule: string
  readonly title: string
  /** Where one of these is not declared the case does not run. */
  readonly needs?: readonly LocalCapability[]
  readonly run: (subject: LocalSubject) => Promise<void>
}

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

/** What a user does, through the same disk but past the store. Paths are below the root. */
export class Hands {
  readonly #disk: Disk
  readonly #root: string

  constructor(subject: { readonly disk: Disk; readonly root: string }) {
    this.#disk = subject.disk
    this.#root = subject.root
  }

  path(path: string): string {
    return path === '' ? this.#root : `${this.#root}/${path}`
  }

  /** In place when the file is there. */
  async write(path: string, text: string): Promise<void> {
    const there = await this.exists(path)
    const file = await this.#disk.open(this.path(path), there ? 'write' : 'create', 0o644)
    try {
      if (there) await file.truncate(0)
      await file.write(bytes(text), 0)
    } finally {
      await file.close()
    }
  }

  /** As editors do: a temporary file, renamed over the old one. */
  async save(path: string, text: string): Promise<void> {
    await this.write('save.tmp', text)
    await this.#disk.rename(this.path('save.tmp'), this.path(path))
  }

  async read(path: string): Promise<string | null> {
    if (!(await this.exists(path))) return null
    const file = await this.#disk.open(this.path(path), 'read')
    try {
      const buffer = new Uint8Array((await file.stat()).size)
      let length = 0
      while (length < buffer.length) length += await file.read(buffer.subarray(length), length)
      return new TextDecoder().decode(buffer)
    } finally {
      await file.close()
    }
  }

  async exists(path: string): Promise<boolean> {
    try {
      await this.#disk.lstat(this.path(path))
      return true
    } catch {
      return false
    }
  }

  mkdir(path: string): Promise<void> {
    return this.#disk.mkdir(this.path(path))
  }

  rmdir(path: string): Promise<void> {
    return this.#disk.rmdir(this.path(path))
  }

  unlink(path: string): Promise<void> {
    return this.#disk.unlink(this.path(path))
  }

  rename(from: string, to: string): Promise<void> {
    return this.#disk.rename(this.path(from), this.path(to))
  }

  link(from: string, to: string): Promise<void> {
    return this.#disk.link(this.path(from), this.path(to))
  }

  chmod(path: string, mode: number): Promise<void> {
    return this.#disk.chmod(this.path(path), mode)
  }

  async mode(path: string): Promise<number> {
    return (await this.#disk.lstat(this.path(path))).mode & 0o7777
  }

  async names(path: string): Promise<readonly string[]> {
    return (await this.#disk.readdir(this.path(path))).map((entry) => new TextDecoder().decode(entry.name)).sort()
  }

  /** Contents of all files below a directory, by path. */
  async contents(path: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const name of await this.names(path)) {
      const inside = path === '' ? name : `${path}/${name}`
      const { kind } = await this.#disk.lstat(this.path(inside))
      if (kind === 'directory') for (const [below, text] of await this.contents(inside)) found.set(below, text)
      if (kind === 'file') found.set(inside, (await this.read(inside))!)
    }
    return found
  }
}

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

export async function failsWith(run: Promise<unknown>, code: string): Promise<void> {
  try {
    await run
  } catch (error) {
    assert.ok(isTidemarkError(error), String(error))
    assert.equal(error.code, code)
    return
  }
  assert.fail(`did not fail with ${code}`)
}
