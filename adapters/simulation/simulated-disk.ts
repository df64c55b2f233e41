/**
 * A disk in memory that behaves as file systems do, to the error code, and knows what was flushed: what a program sees of
 * it, the hands of its user, its death and its power losses. All time is given; nothing here waits by itself.
 */

import type { Disk, DiskEntry, DiskFile, DiskStat } from '../shared/disk.js'
import { cloneState } from './clone-state.js'
import { bytesOfName } from './disk-names.js'
import { type DiskPersonality, PERSONALITIES } from './disk-personality.js'
import { type DiskParts, DiskState } from './disk-state.js'
import { DiskTree } from './disk-tree.js'
import type { OpenFile } from './open-file.js'
import { type Draw, flushAll, losePower, type PowerLoss } from './power-loss.js'
import { type DiskCallDetail, type DiskGate, NO_DETAIL, SimulatedFile } from './simulated-file.js'
import { UserHands } from './user-hands.js'

/** What a simulated disk is made with. */
export interface SimulatedDiskOptions {
  /** Wall time, milliseconds since 1970. */
  readonly now: () => number
  /** ext4 where none is given. */
  readonly personality?: DiskPersonality
  /** Room for contents and directories, in blocks of 4,096 bytes; no limit where none is given. */
  readonly capacityBytes?: number
  /** True: permission bits keep nobody out, as with root. Default false. */
  readonly privileged?: boolean
  /** Permission bits that new entries do not get. Default 0o022. */
  readonly umask?: number
}

/**
 * Told of each call before it is made: its name ('open', 'rename', 'file.write', …), its path, and more. It may wait, throw
 * (the call fails with that error, and nothing was done), or never answer.
 */
export type BeforeCall = (call: string, path: string, detail: DiskCallDetail) => void | Promise<void>

const never = (): Promise<never> => new Promise(() => undefined)

/** One program's sight of a disk. */
export class SimulatedDisk implements Disk {
  /** Null: calls are made at once. */
  before: BeforeCall | null = null
  /** Past the hook and the program's life. They go on after `kill` and `crash`. */
  readonly user: UserHands
  readonly #state: DiskState
  readonly #tree: DiskTree
  readonly #opened = new Set<OpenFile>()
  #dead = false

  /** An empty disk; or another sight of the one whose `state` is given, which is not for callers outside. */
  constructor(options: SimulatedDiskOptions, state?: DiskState) {
    this.#state = state ?? new DiskState(partsOf(options))
    this.#tree = new DiskTree(this.#state)
    this.user = new UserHands(this.#tree)
  }

  /** What it is like. */
  get personality(): DiskPersonality {
    return this.#state.parts.personality
  }

  /** Bytes that contents and directories take up, in blocks of 4,096. */
  get usedBytes(): number {
    return this.#state.used
  }

  /** The program dies: its handles are closed, what it waits for is never answered. The disk as the next program sees it. */
  kill(): SimulatedDisk {
    this.#dead = true
    for (const file of this.#opened) file.close()
    this.#opened.clear()
    return new SimulatedDisk(this.#state.parts, this.#state)
  }

  /** The power goes: as `kill`, and what was not flushed is lost as asked. Handles of users are dead, too. */
  crash(how: PowerLoss, random: Draw): SimulatedDisk {
    const next = this.kill()
    losePower(this.#state, how, random)
    return next
  }

  /** All that was changed so far is flushed, as a system does it by itself within a minute. */
  writeBack(): void {
    flushAll(this.#state)
  }

  /** An equal disk with a life of its own, without hook and handles; what is not flushed here is not flushed there. */
  clone(now: () => number = this.#state.parts.now): SimulatedDisk {
    const parts = { ...this.#state.parts, now }
    return new SimulatedDisk(parts, cloneState(this.#state, parts))
  }

  /** As in `Disk`. */
  open(path: string, how: 'read' | 'write' | 'create', mode?: number): Promise<DiskFile> {
    return this.#gate(
      'open',
      path,
      { how },
      () => new SimulatedFile(this.#tree.open(path, how, mode), this.#gate, this.#opened),
    )
  }

  /** As in `Disk`. */
  lstat(path: string): Promise<DiskStat> {
    return this.#gate('lstat', path, NO_DETAIL, () => this.#tree.stat(path))
  }

  /** As in `Disk`. */
  readdir(path: string): Promise<readonly DiskEntry[]> {
    return this.#gate('readdir', path, NO_DETAIL, () =>
      [...this.#tree.list(path).values()].map(({ name, node }) => ({ name: bytesOfName(name), kind: node.kind })),
    )
  }

  /** As in `Disk`. */
  mkdir(path: string, mode?: number): Promise<void> {
    return this.#gate('mkdir', path, NO_DETAIL, () => this.#tree.mkdir(path, mode))
  }

  /** As in `Disk`. */
  rmdir(path: string): Promise<void> {
    return this.#gate('rmdir', path, NO_DETAIL, () => this.#tree.rmdir(path))
  }

  /** As in `Disk`. */
  rename(from: string, to: string): Promise<void> {
    return this.#gate('rename', from, { to }, () => this.#tree.rename(from, to))
  }

  /** As in `Disk`. */
  link(from: string, to: string): Promise<void> {
    return this.#gate('link', from, { to }, () => this.#tree.link(from, to))
  }

  /** As in `Disk`. */
  unlink(path: string): Promise<void> {
    return this.#gate('unlink', path, NO_DETAIL, () => this.#tree.unlink(path))
  }

  /** As in `Disk`; a link is refused (ELOOP), as by the disk of Node. */
  chmod(path: string, mode: number): Promise<void> {
    return this.#gate('chmod', path, NO_DETAIL, () => this.#tree.chmod(path, mode))
  }

  /** As in `Disk`; the time of access is not kept. */
  utimes(path: string, _atimeMs: number, mtimeMs: number): Promise<void> {
    return this.#gate('utimes', path, NO_DETAIL, () => this.#tree.utimes(path, mtimeMs))
  }

  /** As in `Disk`. */
  syncDirectory(path: string): Promise<void> {
    return this.#gate('syncDirectory', path, NO_DETAIL, () => this.#tree.sync(path))
  }

  /** A call that need not wait costs one promise and no more: worlds make thousands of them. */
  readonly #gate: DiskGate = (call, path, detail, run) => {
    if (this.#dead) return never()
    try {
      const turn = this.before?.(call, path, detail)
      if (turn !== undefined) return this.#waited(turn, run)
      return this.#dead ? never() : Promise.resolve(run())
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #waited<Result>(turn: Promise<void>, run: () => Result): Promise<Result> {
    await turn
    return this.#dead ? never() : run()
  }
}

function partsOf(options: SimulatedDiskOptions): DiskParts {
  return {
    now: options.now,
    personality: options.personality ?? PERSONALITIES.linux,
    capacityBytes: options.capacityBytes ?? Infinity,
    privileged: options.privileged ?? false,
    umask: options.umask ?? 0o022,
  }
}
