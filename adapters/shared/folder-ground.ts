/**
 * What the parts of the folder store share: where things lie, what the disk is worth, and the one safe way to reach a
 * place below the root. No path is used before every parent on it was seen to be a real directory (SEC-12).
 */

import { type Clock, type FileId, type Random, TidemarkError, toHex } from '../../src/index.js'
import type { Disk, DiskStat } from './disk.js'
import { OWN_NAME, componentsOf, parentPath, pathTrouble } from './folder-names.js'
import { isGone } from './folder-problems.js'
import { type StampRule, fileIdOf, sameObject } from './folder-stamp.js'

export interface DiskFacts extends StampRule {
  readonly root: DiskStat
  readonly own: DiskStat
  readonly hardLinks: boolean
  /** Two spellings (case, normalisation) may be one entry. */
  readonly foldsNames: boolean
  /** Mode of a new file that is not executable, and the bits that make it so, as the process's mask allows. */
  readonly fileMode: number
  readonly executeMask: number
}

const FIRM_TRIES = 3

export class FolderGround {
  readonly disk: Disk
  readonly root: string
  readonly random: Random
  readonly clock: Clock
  /** How `root.json` looked when it was last read and was the right one. */
  marker: DiskStat | null = null
  #facts: DiskFacts | null = null

  constructor(parts: { disk: Disk; root: string; random: Random; clock: Clock }) {
    this.disk = parts.disk
    this.root = parts.root
    this.random = parts.random
    this.clock = parts.clock
  }

  /** @throws closed before open and after close */
  get facts(): DiskFacts {
    if (this.#facts === null) {
      throw new TidemarkError('closed', 'The folder is not open', { subject: this.root, next: 'Call open() first.' })
    }
    return this.#facts
  }

  settle(facts: DiskFacts | null): void {
    this.#facts = facts
    this.marker = null
  }

  get isOpen(): boolean {
    return this.#facts !== null
  }

  absolute(path: string): string {
    if (path === '') return this.root
    return this.root === '/' ? `/${path}` : `${this.root}/${path}`
  }

  own(...parts: readonly string[]): string {
    return this.absolute([OWN_NAME, ...parts].join('/'))
  }

  /** 32 hex digits, never used before. */
  token(): string {
    return toHex(this.random.bytes(16))
  }

  /** Null on disks without file ids. */
  id(stat: DiskStat): FileId | null {
    return fileIdOf(stat, this.facts)
  }

  /** Null when the disk says that nothing is there. */
  async look(absolute: string): Promise<DiskStat | null> {
    try {
      return await this.disk.lstat(absolute)
    } catch (error) {
      if (isGone(error)) return null
      throw error
    }
  }

  /** After a change there is no way back to "nothing happened": a look that fails is tried again before that is believed. */
  async lookFirmly(absolute: string): Promise<DiskStat | null> {
    for (let left = FIRM_TRIES; ; left--) {
      try {
        return await this.look(absolute)
      } catch (error) {
        if (left === 0) throw error
      }
    }
  }

  /**
   * The directory at a path, reached component by component; null when any of them is missing, is not a real directory,
   * lies on another disk or is ours. The root must still be the one that was opened.
   * `trail` remembers what was seen within one call.
   */
  async directory(path: string, trail: Trail = new Map()): Promise<DiskStat | null> {
    const known = trail.get(path)
    if (known !== undefined) return known
    const stat = path === '' ? await this.#rootNow() : await this.#below(path, trail)
    trail.set(path, stat)
    return stat
  }

  async #rootNow(): Promise<DiskStat | null> {
    const stat = await this.look(this.root)
    return stat !== null && sameObject(stat, this.facts.root) ? stat : null
  }

  async #below(path: string, trail: Trail): Promise<DiskStat | null> {
    if ((await this.directory(parentPath(path), trail)) === null) return null
    const stat = await this.look(this.absolute(path))
    if (stat?.kind !== 'directory' || stat.dev !== this.facts.root.dev) return null
    return sameObject(stat, this.facts.own) ? null : stat
  }

  /** Why this path can be no place of ours, '' and names of our own included. */
  trouble(path: string): string | null {
    return pathTrouble(path)
  }

  /** For reading: a path may be anything that stands on the disk, but never climbs out or into our own directory. */
  isReachable(path: string): boolean {
    const parts = componentsOf(path)
    return (
      parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0')) &&
      parts[0] !== OWN_NAME
    )
  }
}

/** Directories seen within one call, by path (SEC-16: by exact path, and never kept longer). */
export type Trail = Map<string, DiskStat | null>
