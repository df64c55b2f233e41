/**
 * Finds out what a disk is worth, by trying: links, case, normalisation, name length, executable bit, birth times,
 * time granularity. Works inside `.tidemark/staging` only and leaves nothing behind.
 */

import type { DiskTraits } from '../../src/index.js'
import type { Disk, DiskStat } from './disk.js'
import { ignoreGone } from './folder-staging.js'
import { diskCode, isGone } from './folder-problems.js'

export interface Probed {
  readonly births: boolean
  readonly fileIds: boolean
  readonly executableBit: boolean
  readonly hardLinks: boolean
  readonly foldsNames: boolean
  readonly fileMode: number
  readonly executeMask: number
  readonly traits: DiskTraits
}

/** What cannot be found out by trying. */
export interface KnownTraits {
  readonly windowsNames?: boolean | undefined
  readonly nameUnit?: 'bytes' | 'utf16' | undefined
  /** 'none': what the disk tells as numbers of files means nothing to a later run. */
  readonly fileIds?: 'none' | undefined
  /** 'emulated': a crash can leave a moved directory in two halves. Default 'atomic'. */
  readonly directoryMove?: DiskTraits['directoryMove'] | undefined
}

/** Composed and decomposed forms of one name. */
const COMPOSED = 'caf\u00e9'
const DECOMPOSED = 'cafe\u0301'

/** `token`: random, makes the names of this probe its own. `directory`: absolute, empty of such names. */
export async function probeDisk(disk: Disk, directory: string, token: string, known: KnownTraits): Promise<Probed> {
  const probe = new Probe(disk, directory, `probe-${token}`)
  try {
    const made = await probe.make('')
    const modes = await probe.modes('', made)
    const unicode = await probe.unicode()
    const folding = await probe.folds('', '', (name) => name.toUpperCase())
    const length = await probe.nameLength()
    const births =
      made.birthtimeNs > 0n && modes.after.birthtimeNs === made.birthtimeNs && modes.after.ctimeNs !== made.birthtimeNs
    const hardLinks = await probe.links('')
    const fileIds = known.fileIds !== 'none'
    return {
      births,
      fileIds,
      hardLinks,
      executableBit: modes.executableBit,
      foldsNames: folding || unicode !== 'exact',
      fileMode: made.mode & 0o666,
      executeMask: made.mode & 0o111,
      traits: {
        case: folding ? 'preserving' : 'sensitive',
        unicode,
        nameLimit: { length, unit: known.nameUnit ?? 'bytes' },
        windowsNames: known.windowsNames ?? false,
        executableBit: modes.executableBit,
        fileIds: fileIds ? (births ? 'strong' : 'weak') : 'none',
        stamps: 'strong',
        mtimeGranularityNs: await probe.granularity(''),
        directoryMove: known.directoryMove ?? 'atomic',
      },
    }
  } finally {
    await probe.clear()
  }
}

class Probe {
  readonly #disk: Disk
  readonly #directory: string
  readonly #prefix: string
  readonly #made = new Set<string>()

  constructor(disk: Disk, directory: string, prefix: string) {
    this.#disk = disk
    this.#directory = directory
    this.#prefix = prefix
  }

  #path(suffix: string): string {
    return `${this.#directory}/${this.#prefix}${suffix}`
  }

  /** With every permission bit asked for: what comes back is what the process's mask leaves. */
  async make(suffix: string): Promise<DiskStat> {
    const path = this.#path(suffix)
    const file = await this.#disk.open(path, 'create', 0o777)
    this.#made.add(path)
    await file.close()
    return this.#disk.lstat(path)
  }

  async modes(suffix: string, made: DiskStat): Promise<{ readonly executableBit: boolean; readonly after: DiskStat }> {
    const path = this.#path(suffix)
    await this.#disk.chmod(path, made.mode & 0o666)
    const plain = await this.#disk.lstat(path)
    await this.#disk.chmod(path, made.mode | 0o100)
    const after = await this.#disk.lstat(path)
    return { executableBit: (plain.mode & 0o100) === 0 && (after.mode & 0o100) !== 0, after }
  }

  async links(suffix: string): Promise<boolean> {
    const other = this.#path(`${suffix}-link`)
    try {
      await this.#disk.link(this.#path(suffix), other)
    } catch (error) {
      // Whatever the reason: an order of steps that needs links cannot be used here.
      if (diskCode(error) === '') throw error
      return false
    }
    this.#made.add(other)
    return true
  }

  /** Whether another spelling finds the same entry. */
  async folds(prefix: string, suffix: string, respell: (name: string) => string): Promise<boolean> {
    const name = `${this.#prefix}${prefix}${suffix}`
    try {
      await this.#disk.lstat(`${this.#directory}/${respell(name)}`)
      return true
    } catch (error) {
      if (isGone(error)) return false
      throw error
    }
  }

  async unicode(): Promise<DiskTraits['unicode']> {
    await this.make(`-${COMPOSED}`)
    const composedFirst = await this.#listed(COMPOSED)
    if (composedFirst === null) return 'nfd'
    const finds = await this.folds('-', COMPOSED, () => `${this.#prefix}-${DECOMPOSED}`)
    if (!finds) return 'exact'
    await this.#remove(this.#path(`-${COMPOSED}`))
    await this.make(`-${DECOMPOSED}`)
    return (await this.#listed(DECOMPOSED)) === null ? 'nfc' : 'insensitive'
  }

  async #listed(spelling: string): Promise<string | null> {
    const wanted = `${this.#prefix}-${spelling}`
    const names = (await this.#disk.readdir(this.#directory)).map((entry) => new TextDecoder().decode(entry.name))
    return names.find((name) => name === wanted) ?? null
  }

  /** 255 nearly everywhere; 143 on disks that encrypt names. */
  async nameLength(): Promise<number> {
    const suffix = `-${'x'.repeat(254 - this.#prefix.length)}`
    try {
      await this.make(suffix)
      return 255
    } catch (error) {
      if (diskCode(error) !== 'ENAMETOOLONG' && diskCode(error) !== 'EINVAL') throw error
      return 143
    }
  }

  /**
   * Two seconds, one second, or the tick of a kernel clock (10 ms at most): fields of nanoseconds are filled in ticks.
   * An odd second with an odd millisecond is written and read back.
   */
  async granularity(suffix: string): Promise<number> {
    const path = this.#path(suffix)
    const odd = 1_000_000_001_001
    await this.#disk.utimes(path, odd, odd)
    const { mtimeNs } = await this.#disk.lstat(path)
    const kept = mtimeNs / 1_000_000n
    if (kept === BigInt(odd)) return 10_000_000
    return kept / 1000n === BigInt(odd) / 1000n ? 1_000_000_000 : 2_000_000_000
  }

  async #remove(path: string): Promise<void> {
    await this.#disk.unlink(path).catch(ignoreGone)
    this.#made.delete(path)
  }

  async clear(): Promise<void> {
    for (const path of this.#made) await this.#remove(path)
  }
}
