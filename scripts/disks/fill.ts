/**
 * Fills a disk until it refuses, and looks after each refusal at all that is reachable: nothing changed but, at most, the
 * file that was written to, which holds its old content with a beginning of the new one over it.
 */

import type { Disk } from '../../adapters/shared/disk.js'
import { type SeededRandom, seededRandom } from '../../adapters/shared/seeded-random.js'

/** What filling a disk met. */
export interface Filled {
  readonly calls: number
  /** Refusals, by call and code. */
  readonly refused: ReadonlyMap<string, number>
  /** Writes of which a beginning was written. */
  readonly partial: number
  /** What may not be, in words. */
  readonly faults: readonly string[]
}

/** Seeded. `capacity`: bytes that surely do not fit below `root`, an empty directory. */
export async function fill(disk: Disk, root: string, capacity: number, seed: number): Promise<Filled> {
  const filler = new Filler(disk, root, capacity, seed)
  await filler.run()
  return filler
}

class Filler implements Filled {
  calls = 0
  partial = 0
  readonly refused = new Map<string, number>()
  readonly faults: string[] = []
  readonly #disk: Disk
  readonly #root: string
  readonly #capacity: number
  readonly #random: SeededRandom
  /** Contents by name; null for a directory. */
  readonly #expected = new Map<string, Buffer | null>()
  #made = 0

  constructor(disk: Disk, root: string, capacity: number, seed: number) {
    this.#disk = disk
    this.#root = root
    this.#capacity = capacity
    this.#random = seededRandom(seed)
  }

  async run(): Promise<void> {
    for (let step = 0; step < 60; step++) await this.#step()
    const before = this.refusals
    // Enough for twice the room: it has to refuse, and takes things again when some are gone.
    for (let most = 64; most > 0 && this.refusals < before + 2; most--) await this.#make(this.#capacity / 16)
    if (this.refusals < before + 2) this.faults.push('it never refused')
    const [name] = [...this.#expected].find(([, content]) => (content?.length ?? 0) > 32_768) ?? []
    if (name === undefined) return void this.faults.push('it refused, and holds nothing large')
    await this.#remove(name)
    const refused = this.refusals
    await this.#make(4096)
    if (this.refusals !== refused) this.faults.push('it refused 4 KiB after 32 KiB were given back')
    await this.#look('at the end')
  }

  get refusals(): number {
    return [...this.refused.values()].reduce((sum, count) => sum + count, 0)
  }

  async #step(): Promise<void> {
    const names = [...this.#expected.keys()].filter((name) => this.#expected.get(name) !== null)
    const name = names[this.#random.below(names.length)]
    const size = this.#random.below(Math.ceil(this.#capacity / 12))
    const roll = this.#random.below(10)
    if (name === undefined || roll < 4) return this.#make(size)
    if (roll < 7) return this.#write(name, size, this.#random.below(this.#expected.get(name)!.length + 1))
    if (roll === 7) return this.#remove(name)
    if (roll === 8) return this.#makeDirectory()
    return this.#rename(name, names[this.#random.below(names.length)]!)
  }

  async #make(size: number): Promise<void> {
    const name = `f${this.#made++}`
    const made = await this.#attempt(`create ${name}`, async () => {
      await (await this.#disk.open(this.#path(name), 'create', 0o600)).close()
    })
    if (!made) return
    this.#expected.set(name, Buffer.alloc(0))
    await this.#write(name, size, 0)
  }

  async #write(name: string, size: number, position: number): Promise<void> {
    const old = this.#expected.get(name)!
    const bytes = Buffer.from(this.#random.bytes(Math.ceil(size)))
    const file = await this.#disk.open(this.#path(name), 'write')
    const done = await this.#attempt(`write ${name}`, () => file.write(bytes, position))
    if (done) await this.#attempt(`sync ${name}`, () => file.sync())
    await file.close()
    const whole = over(old, bytes, position)
    if (done) return void this.#expected.set(name, whole)
    const now = await this.#content(name)
    const kept = beginning(now, old, bytes, position)
    if (kept === null) this.faults.push(`${name} is torn otherwise than by a beginning of what was written`)
    else if (kept > 0) this.partial++
    this.#expected.set(name, now)
    await this.#look(`after write ${name} failed`)
  }

  async #remove(name: string): Promise<void> {
    if (await this.#attempt(`unlink ${name}`, () => this.#disk.unlink(this.#path(name)))) this.#expected.delete(name)
  }

  async #makeDirectory(): Promise<void> {
    const name = `d${this.#made++}`
    if (await this.#attempt(`mkdir ${name}`, () => this.#disk.mkdir(this.#path(name)))) this.#expected.set(name, null)
  }

  async #rename(from: string, to: string): Promise<void> {
    const moved = await this.#attempt(`rename ${from}`, () => this.#disk.rename(this.#path(from), this.#path(to)))
    if (!moved || from === to) return
    this.#expected.set(to, this.#expected.get(from)!)
    this.#expected.delete(from)
  }

  /** False where the disk was full; any other error goes up. */
  async #attempt(what: string, run: () => Promise<void>): Promise<boolean> {
    this.calls++
    try {
      await run()
      return true
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      const key = `${what.split(' ')[0]} ${code}`
      this.refused.set(key, (this.refused.get(key) ?? 0) + 1)
      if (code !== 'ENOSPC') throw error
      // What a write left is looked at where it is known what was written.
      if (!what.startsWith('write')) await this.#look(`after ${what} failed`)
      return false
    }
  }

  async #look(when: string): Promise<void> {
    const names = (await this.#disk.readdir(this.#root)).map(({ name }) => Buffer.from(name).toString())
    const there = names.filter((name) => name !== 'lost+found').sort()
    const expected = [...this.#expected.keys()].sort()
    if (there.join() !== expected.join()) this.faults.push(`${when}: ${there.join()} instead of ${expected.join()}`)
    for (const [name, content] of this.#expected) {
      if (content !== null && !(await this.#content(name)).equals(content)) this.faults.push(`${when}: ${name} differs`)
    }
  }

  async #content(name: string): Promise<Buffer> {
    const file = await this.#disk.open(this.#path(name), 'read')
    try {
      const bytes = Buffer.alloc((await file.stat()).size)
      for (let done = 0; done < bytes.length; ) {
        const count = await file.read(bytes.subarray(done), done)
        if (count === 0) throw new Error(`${name} ended before its size`)
        done += count
      }
      return bytes
    } finally {
      await file.close()
    }
  }

  #path(name: string): string {
    return `${this.#root}/${name}`
  }
}

function over(old: Buffer, bytes: Buffer, position: number): Buffer {
  const whole = Buffer.alloc(Math.max(old.length, position + bytes.length))
  old.copy(whole)
  bytes.copy(whole, position)
  return whole
}

/** How many bytes of the new content are there; null where no number explains what is there. */
function beginning(now: Buffer, old: Buffer, bytes: Buffer, position: number): number | null {
  let most = 0
  while (most < bytes.length && position + most < now.length && now[position + most] === bytes[most]) most++
  for (const count of [most, Math.max(0, now.length - position)]) {
    if (count <= bytes.length && over(old, bytes.subarray(0, count), position).equals(now)) return count
  }
  return null
}
