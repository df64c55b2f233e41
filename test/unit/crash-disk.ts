/**
 * A small disk in memory that can stop at its k-th call and then show what a power loss left: per file the unflushed bytes
 * kept, cut, zeroed or gone; per directory the unflushed names kept or gone. 'killed' is a dead process: all is there, nothing of
 * it flushed.
 */

import type { Disk, DiskEntry, DiskFile, DiskStat } from '../../adapters/shared/disk.js'

export type Loss = 'killed' | 'kept' | 'gone' | 'torn' | 'zeros' | 'names-gone' | 'payload-gone'
export const LOSSES: readonly Loss[] = ['killed', 'kept', 'gone', 'torn', 'zeros', 'names-gone', 'payload-gone']

interface Content {
  now: Uint8Array
  flushed: Uint8Array
}

interface Directory {
  readonly now: Map<string, Content | Directory>
  flushed: ReadonlyMap<string, Content | Directory>
}

const STAT: DiskStat = {
  kind: 'file',
  dev: 1n,
  ino: 1n,
  nlink: 1n,
  mode: 0o600,
  size: 0,
  mtimeNs: 0n,
  ctimeNs: 0n,
  birthtimeNs: 0n,
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}

const isDirectory = (entry: Content | Directory | undefined): entry is Directory =>
  entry !== undefined && !('flushed' in entry && entry.flushed instanceof Uint8Array)
const emptyDirectory = (): Directory => ({ now: new Map(), flushed: new Map() })

function afterLoss({ now, flushed }: Content, loss: Loss): Uint8Array {
  const fresh = now.length - flushed.length
  switch (loss) {
    case 'killed':
    case 'kept':
    case 'names-gone':
      return now.slice()
    case 'gone':
      return flushed.slice()
    case 'torn':
      return now.slice(0, flushed.length + Math.floor(fresh / 2))
    case 'zeros':
      return Uint8Array.from(now, (byte, at) => (at < flushed.length ? byte : 0))
    case 'payload-gone':
      return Uint8Array.from(now, (byte, at) =>
        at < flushed.length || at < now.length - Math.ceil(fresh / 3) ? byte : 0,
      )
  }
}

export class CrashDisk implements Disk {
  #root: Directory = emptyDirectory()
  calls = 0
  /** The call that fails, and all after it; 0 for none. */
  stopAt = 0
  /** When set, the one call that fails with this code; the disk goes on. */
  failWith: string | null = null

  #step(): void {
    this.calls += 1
    if (this.stopAt === 0) return
    if (this.failWith !== null) {
      if (this.calls === this.stopAt) throw failure(this.failWith)
    } else if (this.calls >= this.stopAt) throw failure('EPOWER')
  }

  /** The disk after a power loss, with its counter at zero. */
  restart(loss: Loss): CrashDisk {
    const names = loss === 'killed' || loss === 'kept' || loss === 'torn' || loss === 'zeros' || loss === 'payload-gone'
    const lost = (directory: Directory): Directory => {
      const now = new Map<string, Content | Directory>()
      for (const [name, entry] of names ? directory.now : directory.flushed) {
        if (isDirectory(entry)) now.set(name, lost(entry))
        else {
          const bytes = afterLoss(entry, loss)
          now.set(name, { now: bytes, flushed: loss === 'killed' ? entry.flushed.slice() : bytes.slice() })
        }
      }
      if (loss !== 'killed') return { now, flushed: new Map(now) }
      return {
        now,
        flushed: new Map([...now].filter(([name]) => directory.flushed.get(name) === directory.now.get(name))),
      }
    }
    const disk = new CrashDisk()
    disk.#root = lost(this.#root)
    return disk
  }

  #directory(path: string): Directory {
    let here: Directory = this.#root
    for (const name of path.split('/').filter((part) => part !== '')) {
      const next = here.now.get(name)
      if (!isDirectory(next)) throw failure('ENOENT')
      here = next
    }
    return here
  }

  #split(path: string): { readonly directory: Directory; readonly name: string } {
    const at = path.lastIndexOf('/')
    return { directory: this.#directory(path.slice(0, at)), name: path.slice(at + 1) }
  }

  async open(path: string, how: 'read' | 'write' | 'create'): Promise<DiskFile> {
    this.#step()
    const { directory, name } = this.#split(path)
    const found = directory.now.get(name)
    if (how === 'create' && found !== undefined) throw failure('EEXIST')
    if (how !== 'create' && found === undefined) throw failure('ENOENT')
    if (isDirectory(found)) throw failure('EISDIR')
    const content = found ?? { now: new Uint8Array(0), flushed: new Uint8Array(0) }
    directory.now.set(name, content)
    return this.#file(content)
  }

  #file(content: Content): DiskFile {
    const unused = async (): Promise<never> => Promise.reject(failure('ENOTSUP'))
    return {
      read: async (into, position) => {
        this.#step()
        const part = content.now.subarray(position, position + into.length)
        into.set(part)
        return part.length
      },
      write: async (bytes, position) => {
        this.#step()
        const grown = new Uint8Array(Math.max(content.now.length, position + bytes.length))
        grown.set(content.now)
        grown.set(bytes, position)
        content.now = grown
      },
      sync: async () => {
        this.#step()
        content.flushed = content.now.slice()
      },
      stat: async () => ({ ...STAT, size: content.now.length }),
      close: async () => {},
      truncate: unused,
      chmod: unused,
      utimes: unused,
    }
  }

  /** Flips one bit of a file, flushed or not. */
  flip(path: string, at: number): void {
    const { directory, name } = this.#split(path)
    const content = directory.now.get(name) as Content
    content.now[at] = (content.now[at] as number) ^ 1
    content.flushed[at] = content.now[at]
  }

  sizeOf(path: string): number {
    const { directory, name } = this.#split(path)
    return (directory.now.get(name) as Content).now.length
  }

  async readdir(path: string): Promise<readonly DiskEntry[]> {
    this.#step()
    return [...this.#directory(path).now].map(([name, entry]) => ({
      name: new TextEncoder().encode(name),
      kind: isDirectory(entry) ? 'directory' : 'file',
    }))
  }

  async mkdir(path: string): Promise<void> {
    this.#step()
    const { directory, name } = this.#split(path)
    if (directory.now.has(name)) throw failure('EEXIST')
    directory.now.set(name, emptyDirectory())
  }

  async unlink(path: string): Promise<void> {
    this.#step()
    const { directory, name } = this.#split(path)
    if (!directory.now.delete(name)) throw failure('ENOENT')
  }

  async syncDirectory(path: string): Promise<void> {
    this.#step()
    const directory = this.#directory(path)
    directory.flushed = new Map(directory.now)
  }

  async lstat(path: string): Promise<DiskStat> {
    return { ...STAT, size: this.sizeOf(path) }
  }

  readonly #unused = async (): Promise<never> => Promise.reject(failure('ENOTSUP'))
  rmdir = this.#unused
  rename = this.#unused
  link = this.#unused
  chmod = this.#unused
  utimes = this.#unused
}
