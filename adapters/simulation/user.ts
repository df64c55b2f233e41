/**
 * A simulated user: carries out the steps of a script on what stands in the folder at that moment, as apps and people do, and
 * tells the oracle. It never looks at an engine.
 */

import type { DiskStat } from '../shared/disk.js'
import { brief } from './story.js'
import type { Oracle } from './oracle.js'
import type { Deed, UserStep } from './script.js'
import type { UserHands } from './user-hands.js'

export interface UserParts {
  readonly device: string
  readonly root: string
  readonly hands: () => UserHands
  readonly oracle: Oracle
  readonly tell: (line: string) => void
}

interface Found {
  /** Below the root, with a slash in front. */
  readonly path: string
  readonly stat: DiskStat
}

const NAMES = ['a', 'b', 'c', 'd', 'e.txt', 'f.md', 'g', 'h.json', 'Å', 'ß']
const SMALL = 24
/** Some contents have several chunks. */
const LARGE = 24_000
const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** A step that finds nothing to do does nothing. */
export class User {
  readonly #parts: UserParts
  #written = 0

  constructor(parts: UserParts) {
    this.#parts = parts
  }

  /** Paths below the root at which something happened. */
  does({ deed, picks }: UserStep): readonly string[] {
    const paths = this.#deeds[deed](picks)
    return paths.map((path) => path.slice(1))
  }

  readonly #deeds: Readonly<Record<Deed, (picks: UserStep['picks']) => readonly string[]>> = {
    create: (picks) => this.#create(picks),
    edit: (picks) => this.#edit(picks, 'in place'),
    append: (picks) => this.#append(picks),
    'save-by-rename': (picks) => this.#edit(picks, 'by rename'),
    'save-by-backup': (picks) => this.#edit(picks, 'by backup'),
    'make-directory': (picks) => this.#makeDirectory(picks),
    'move-file': (picks) => this.#moveFile(picks),
    'move-directory': (picks) => this.#moveDirectory(picks),
    swap: (picks) => this.#swap(picks),
    copy: (picks) => this.#copy(picks),
    'delete-file': (picks) => this.#deleteFile(picks),
    'delete-directory': (picks) => this.#deleteDirectory(picks),
    'change-kind': (picks) => this.#changeKind(picks),
    executable: (picks) => this.#executable(picks),
    touch: (picks) => this.#touch(picks),
  }

  // ---- what stands there

  /** Paths below the root with a slash in front; what is ours is not among them. */
  entries(kind: 'file' | 'directory'): readonly string[] {
    return this.all().flatMap(({ path, stat }) =>
      (stat.kind === 'directory') === (kind === 'directory') ? [path] : [],
    )
  }

  /** In one walk, each directory before what it holds. */
  all(): readonly Found[] {
    const hands = this.#parts.hands()
    const found: Found[] = []
    const walk = (directory: string): void => {
      for (const name of hands.readdir(this.#parts.root + directory).sort()) {
        if (directory === '' && name === '.tidemark') continue
        const path = `${directory}/${name}`
        const stat = hands.lstat(this.#parts.root + path)
        found.push({ path, stat })
        if (stat.kind === 'directory') walk(path)
      }
    }
    walk('')
    return found
  }

  read(path: string): string {
    return decoder.decode(this.#parts.hands().readFile(this.#parts.root + path))
  }

  // ---- deeds

  #create(picks: UserStep['picks']): readonly string[] {
    const path = this.#freePlace(picks[0], picks[1])
    if (path === null) return []
    const content = this.#content(picks[2])
    this.#write(path, content)
    this.#parts.oracle.wrote(this.#parts.device, content, null)
    return this.#did(`writes new ${path} ${brief(content)}`, path)
  }

  #edit(picks: UserStep['picks'], how: 'in place' | 'by rename' | 'by backup'): readonly string[] {
    const path = this.#pick(this.entries('file'), picks[0])
    if (path === undefined) return []
    const { root, oracle, device } = this.#parts
    const hands = this.#parts.hands()
    const before = this.read(path)
    const content = this.#content(picks[2])
    const beside = this.#beside(path)
    if (how === 'in place') this.#write(path, content)
    else if (how === 'by rename') {
      this.#write(beside, content)
      hands.rename(root + beside, root + path)
    } else {
      hands.rename(root + path, root + beside)
      this.#write(path, content)
      hands.unlink(root + beside)
    }
    oracle.wrote(device, content, before)
    return this.#did(`edits ${path} ${how}: ${brief(before)} becomes ${brief(content)}`, path)
  }

  #append(picks: UserStep['picks']): readonly string[] {
    const path = this.#pick(this.entries('file'), picks[0])
    if (path === undefined) return []
    const { root, oracle, device } = this.#parts
    const before = this.read(path)
    const added = `+${this.#label()}`
    this.#parts.hands().append(root + path, encoder.encode(added))
    oracle.wrote(device, before + added, before)
    return this.#did(`appends to ${path}: ${brief(before)} becomes ${brief(before + added)}`, path)
  }

  #makeDirectory(picks: UserStep['picks']): readonly string[] {
    const path = this.#freePlace(picks[0], picks[1])
    if (path === null) return []
    this.#parts.hands().mkdir(this.#parts.root + path)
    this.#parts.oracle.worked(this.#parts.device)
    return this.#did(`makes directory ${path}`, path)
  }

  #moveFile(picks: UserStep['picks']): readonly string[] {
    const from = this.#pick(this.entries('file'), picks[0])
    const to = this.#freePlace(picks[1], picks[2])
    if (from === undefined || to === null) return []
    this.#parts.hands().rename(this.#parts.root + from, this.#parts.root + to)
    this.#parts.oracle.touched(this.#parts.device, this.read(to))
    return this.#did(`moves ${from} to ${to}`, from, to)
  }

  #moveDirectory(picks: UserStep['picks']): readonly string[] {
    const from = this.#pick(this.entries('directory'), picks[0])
    const to = this.#freePlace(picks[1], picks[2])
    if (from === undefined || to === null || to.startsWith(`${from}/`)) return []
    this.#parts.hands().rename(this.#parts.root + from, this.#parts.root + to)
    this.#parts.oracle.worked(this.#parts.device)
    return this.#did(`moves directory ${from} to ${to}`, from, to)
  }

  #swap(picks: UserStep['picks']): readonly string[] {
    const files = this.entries('file')
    const [one, other] = [this.#pick(files, picks[0]), this.#pick(files, picks[1])]
    if (one === undefined || other === undefined || one === other) return []
    const { root, oracle, device } = this.#parts
    const hands = this.#parts.hands()
    const beside = this.#beside(one)
    hands.rename(root + one, root + beside)
    hands.rename(root + other, root + one)
    hands.rename(root + beside, root + other)
    for (const path of [one, other]) oracle.touched(device, this.read(path))
    return this.#did(`swaps ${one} and ${other}`, one, other)
  }

  #copy(picks: UserStep['picks']): readonly string[] {
    const from = this.#pick(this.entries('file'), picks[0])
    const to = this.#freePlace(picks[1], picks[2])
    if (from === undefined || to === null) return []
    const content = this.read(from)
    this.#write(to, content)
    this.#parts.oracle.copied(this.#parts.device, content)
    return this.#did(`copies ${from} to ${to}`, to)
  }

  #deleteFile(picks: UserStep['picks']): readonly string[] {
    const path = this.#pick(this.entries('file'), picks[0])
    if (path === undefined) return []
    const content = this.read(path)
    this.#parts.hands().unlink(this.#parts.root + path)
    this.#parts.oracle.deleted(this.#parts.device, content)
    return this.#did(`deletes ${path} ${brief(content)}`, path)
  }

  #deleteDirectory(picks: UserStep['picks']): readonly string[] {
    const path = this.#pick(this.entries('directory'), picks[0])
    if (path === undefined) return []
    this.#endBelow(path)
    this.#parts.hands().rm(this.#parts.root + path)
    return this.#did(`deletes directory ${path}`, path)
  }

  /** A file where a directory stood, or the reverse. */
  #changeKind(picks: UserStep['picks']): readonly string[] {
    const { root, oracle, device } = this.#parts
    const directory = this.#pick(this.entries('directory'), picks[0])
    if (picks[1] % 2 === 0 && directory !== undefined) {
      const content = this.#content(picks[2])
      this.#endBelow(directory)
      this.#parts.hands().rm(root + directory)
      this.#write(directory, content)
      oracle.wrote(device, content, null)
      return this.#did(`puts a file in place of directory ${directory}: ${brief(content)}`, directory)
    }
    const file = this.#pick(this.entries('file'), picks[0])
    if (file === undefined) return []
    oracle.deleted(device, this.read(file))
    this.#parts.hands().unlink(root + file)
    this.#parts.hands().mkdir(root + file)
    return this.#did(`puts a directory in place of ${file}`, file)
  }

  #executable(picks: UserStep['picks']): readonly string[] {
    const path = this.#pick(this.entries('file'), picks[0])
    if (path === undefined) return []
    const { root, oracle, device } = this.#parts
    const hands = this.#parts.hands()
    hands.chmod(root + path, (hands.lstat(root + path).mode & 0o100) === 0 ? 0o755 : 0o644)
    oracle.touched(device, this.read(path))
    return this.#did(`changes the mode of ${path}`, path)
  }

  /** No change: a time says nothing (INV-14). */
  #touch(picks: UserStep['picks']): readonly string[] {
    const path = this.#pick(this.entries('file'), picks[0])
    if (path === undefined) return []
    this.#parts.hands().utimes(this.#parts.root + path, picks[1] * 1_000_000)
    return this.#did(`touches ${path}`, path)
  }

  #endBelow(directory: string): void {
    const { oracle, device } = this.#parts
    oracle.worked(device)
    for (const file of this.entries('file'))
      if (file.startsWith(`${directory}/`)) oracle.deleted(device, this.read(file))
  }

  #write(path: string, content: string): void {
    this.#parts.hands().writeFile(this.#parts.root + path, encoder.encode(content))
  }

  #freePlace(where: number, what: number): string | null {
    const directory = this.#pick(['', ...this.entries('directory')], where) ?? ''
    const path = `${directory}/${NAMES[what % NAMES.length]}`
    return this.#parts.hands().exists(this.#parts.root + path) ? null : path
  }

  /** A free name for a moment: what a power loss left under such a name is somebody's file. */
  #beside(path: string): string {
    let name = `${path}~`
    while (this.#parts.hands().exists(this.#parts.root + name)) name += '~'
    return name
  }

  #pick<T>(items: readonly T[], pick: number): T | undefined {
    return items[pick % Math.max(1, items.length)]
  }

  #label(): string {
    return `${this.#parts.device}-${this.#written++} `
  }

  #content(pick: number): string {
    const size = pick % 16 === 0 ? 2_000 + (pick % LARGE) : pick % SMALL
    return this.#label() + filler(pick, size)
  }

  #did(what: string, ...paths: readonly string[]): readonly string[] {
    this.#parts.tell(`${this.#parts.device} ${what}`)
    return paths
  }
}

/** Text without a period that chunks could share: a linear congruential generator (Knuth, TAOCP 2, 3.2.1), as digits of base 16. */
function filler(seed: number, length: number): string {
  let state = seed + 1
  const text = new Uint8Array(length)
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text[at] = 0x61 + (state >>> 28)
  }
  return decoder.decode(text)
}
