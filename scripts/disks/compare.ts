/**
 * Carries one sequence of calls out on two disks and tells the first difference: of a result, of an error code, of what
 * stands at the paths of a call after it, of the whole tree at the end. It judges neither of the two.
 */

import type { Disk, DiskFile, DiskStat } from '../../adapters/shared/disk.js'
import type { DiskCall } from './call-sequences.js'

/** One of the two disks. */
export interface Side {
  readonly disk: Disk
  /** Absolute path of an empty directory. */
  readonly root: string
  /** From outside the seam; `target` as it is. */
  readonly symlink: (target: string, path: string) => Promise<void>
  /** Links of a directory count what is in it. */
  readonly countsDirectories: boolean
}

/** How often each error code came. */
export type Codes = Map<string, number>

/** Times later than this were set by the disk itself. */
const BY_THE_DISK = 1_300_000_000_000

/** Null where both did the same; counts calls and codes. */
export async function difference(
  calls: readonly DiskCall[],
  [first, second]: readonly [Side, Side],
  codes: Codes,
): Promise<string | null> {
  const [a, b] = [new Player(first), new Player(second)]
  try {
    for (const [at, call] of calls.entries()) {
      const [left, right] = [await a.play(call), await b.play(call)]
      const code = /^[A-Z]+/.exec(left)?.[0]
      if (code !== undefined) codes.set(code, (codes.get(code) ?? 0) + 1)
      if (left !== right) return `call ${at + 1}, ${spelled(call)}:\n  ${left}\n  ${right}`
    }
    const [left, right] = [await a.tree(), await b.tree()]
    return left === right ? null : `the trees at the end:\n${left}\n  and\n${right}`
  } finally {
    await a.close()
    await b.close()
  }
}

function spelled(call: DiskCall): string {
  return JSON.stringify(call, (_, value: unknown) => (value instanceof Uint8Array ? `${value.length} bytes` : value))
}

class Player {
  readonly #side: Side
  readonly #open = new Map<number, DiskFile>()

  constructor(side: Side) {
    this.#side = side
  }

  /** The result as text; an error by its code alone. */
  async play(call: DiskCall): Promise<string> {
    const result = await told(() => ('path' in call ? this.#onPath(call) : this.#onFile(call)))
    if (!('path' in call) || call.call === 'lstat' || call.call === 'readdir') return result
    const paths = 'to' in call ? [call.path, call.to] : [call.path]
    const after = await Promise.all(paths.map((path) => told(async () => this.#shown(await this.#look(path)))))
    return [result, ...after].join(' | ')
  }

  #look(path: string): Promise<DiskStat> {
    return this.#side.disk.lstat(`${this.#side.root}/${path}`)
  }

  async #onPath(call: Extract<DiskCall, { path: string }>): Promise<unknown> {
    const { disk, root, symlink } = this.#side
    const path = `${root}/${call.path}`
    switch (call.call) {
      case 'open': {
        const mode = call.how === 'create' ? 0o640 : undefined
        const file = await disk.open(path, call.how, mode)
        await this.#open.get(call.slot)?.close()
        this.#open.set(call.slot, file)
        return this.#shown(await file.stat())
      }
      case 'lstat':
        return this.#shown(await this.#look(call.path))
      case 'readdir':
        return (await disk.readdir(path)).map(({ name, kind }) => `${Buffer.from(name).toString()} ${kind}`).sort()
      case 'rename':
      case 'link':
        return disk[call.call](path, `${root}/${call.to}`)
      case 'mkdir':
      case 'chmod':
        return disk[call.call](path, call.mode)
      case 'utimes':
        return disk.utimes(path, call.time, call.time)
      case 'symlink':
        return symlink(call.target, path)
      default:
        return disk[call.call](path)
    }
  }

  async #onFile(call: Extract<DiskCall, { slot: number }>): Promise<unknown> {
    const file = this.#open.get(call.slot)
    if (file === undefined) return 'no file'
    switch (call.call) {
      case 'read': {
        const into = new Uint8Array(call.length)
        const count = await file.read(into, call.position)
        return Buffer.from(into.subarray(0, count)).toString('base64')
      }
      case 'write':
        return file.write(call.bytes, call.position)
      case 'truncate':
        return file.truncate(call.length)
      case 'stat':
        return this.#shown(await file.stat())
      case 'fchmod':
        return file.chmod(call.mode)
      case 'futimes':
        return file.utimes(call.time, call.time)
      case 'sync':
      case 'close':
        return file[call.call]()
      default:
        return null
    }
  }

  #shown({ kind, nlink, size, mode, mtimeNs }: DiskStat): string {
    const modified = Number(mtimeNs / 1_000_000n) > BY_THE_DISK ? 'by the disk' : millisecondsOf(mtimeNs)
    const links = kind !== 'directory' || this.#side.countsDirectories ? nlink : '-'
    const bytes = kind === 'directory' ? '-' : size
    return `${kind} links ${links} size ${bytes} mode ${(mode & 0o777).toString(8)} modified ${modified}`
  }

  /** All that is there, with contents, and which entries are one. */
  async tree(): Promise<string> {
    const first = new Map<bigint, string>()
    const lines: string[] = []
    const walk = async (path: string): Promise<void> => {
      const stat = await this.#look(path)
      if (!first.has(stat.ino)) first.set(stat.ino, path)
      const content = stat.kind === 'file' ? await told(() => this.#content(path)) : ''
      lines.push(`  ${path} ${this.#shown(stat)} is ${first.get(stat.ino)} ${content}`)
      if (stat.kind !== 'directory') return
      const listed = await told(async () => {
        const entries = await this.#side.disk.readdir(`${this.#side.root}/${path}`)
        for (const name of entries.map((entry) => Buffer.from(entry.name).toString()).sort())
          await walk(`${path}/${name}`)
      })
      // Where this user may not look, both disks have to say so.
      if (listed !== 'done') lines.push(`  ${path} ${listed}`)
    }
    const walked = await told(() => walk('.'))
    if (walked !== 'done') lines.push(walked)
    return lines.join('\n')
  }

  async #content(path: string): Promise<string> {
    const file = await this.#side.disk.open(`${this.#side.root}/${path}`, 'read')
    try {
      const bytes = new Uint8Array((await file.stat()).size)
      await file.read(bytes, 0)
      return Buffer.from(bytes).toString('base64')
    } finally {
      await file.close()
    }
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close()
  }
}

/** Rounded down, before 1970 too. */
function millisecondsOf(timeNs: bigint): bigint {
  return (timeNs - (((timeNs % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n
}

async function told(run: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await run()) ?? 'done'
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code)
    throw error
  }
}
