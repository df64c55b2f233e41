/**
 * The user of all folders: small steps, each done when it returns, on a side that the seed draws. He ends only what he has before
 * his eyes at that moment, and tells the ledger so.
 */

import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { SeededRandom } from '../../adapters/shared/seeded-random.js'
import { HEADER_BYTES, type Ledger, type Made, type Written } from './ledger.js'

export interface Folder {
  readonly name: string
  readonly root: string
}

export interface HandsOptions {
  readonly random: SeededRandom
  readonly ledger: Ledger
  readonly folders: readonly Folder[]
  /** Beyond it, he rather deletes than writes. */
  readonly mostFiles: number
}

const MIB = 1024 * 1024
const SMALL = 6_000
const FILE_NAMES = 60
const DIRECTORY_NAMES = 9
const DEEPEST = 3
/** One step of so many is about a file with megabytes. */
const LARGE_EVERY = 22
const MOST_LARGE = 3

export class Hands {
  readonly #options: HandsOptions
  #steps = 0

  constructor(options: HandsOptions) {
    this.#options = options
  }

  get steps(): number {
    return this.#steps
  }

  /** A new file somewhere. */
  create(): void {
    this.#steps += 1
    const folder = this.#pick(this.#options.folders)
    if (folder === undefined) return
    const { directories } = look(folder.root)
    this.#create(folder, directories)
  }

  /** One step; a file that goes away under his hands ends it early, as it does for people. */
  step(): void {
    const { random } = this.#options
    this.#steps += 1
    const folder = this.#pick(this.#options.folders)
    if (folder === undefined) return
    try {
      const { files, directories } = look(folder.root)
      const isFull = files.length > this.#options.mostFiles
      if (random.below(LARGE_EVERY) === 0) return this.#turnOverLarge(folder, files, directories)
      const roll = random.below(100)
      if (roll < (isFull ? 8 : 34)) this.#create(folder, directories)
      else if (roll < 58) this.#edit(folder, this.#pick(files))
      else if (roll < 64) this.#editOnAllSides(this.#pick(files))
      else if (roll < 76) this.#move(folder, this.#pick(files), directories)
      else if (roll < 80) this.#move(folder, this.#pick(directories), directories)
      else if (roll < 83) this.#changeMode(folder, this.#pick(files))
      else if (roll < 86) this.#makeDirectory(folder, directories)
      else if (roll < 88) this.#deleteDirectory(folder, this.#pick(directories))
      else if (isFull || roll < 96) this.#delete(folder, this.#pick(files))
      else this.#edit(folder, this.#pick(files))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'EEXIST' && code !== 'ENOTDIR' && code !== 'ENOTEMPTY') throw error
    }
  }

  #create(folder: Folder, directories: readonly string[], size?: number): void {
    const { random, ledger } = this.#options
    const path = this.#freePlace(
      folder,
      directories,
      `f${random.below(FILE_NAMES)}.${this.#pick(['txt', 'bin', 'md'])}`,
    )
    if (path === null) return
    const bytes = size ?? HEADER_BYTES + random.below(SMALL)
    const made = ledger.make(folder.name, bytes, this.#at(folder, path))
    this.#orNothing(made, () => writeFileSync(join(folder.root, path), made.bytes, { flag: 'wx' }))
  }

  /** A new file with megabytes; where there are some already, one of them goes first. */
  #turnOverLarge(folder: Folder, files: readonly string[], directories: readonly string[]): void {
    const large = files.filter((path) => lstatSync(join(folder.root, path)).size >= MIB)
    if (large.length >= MOST_LARGE) this.#delete(folder, this.#pick(large))
    this.#create(folder, directories, MIB + this.#options.random.below(7 * MIB))
  }

  #edit(folder: Folder, path: string | undefined): void {
    if (path === undefined) return
    const { random, ledger } = this.#options
    const place = join(folder.root, path)
    if (random.below(2) === 0) {
      const made = ledger.make(folder.name, 0, `over ${this.#at(folder, path)}`, readFileSync(place))
      this.#orNothing(made, () =>
        this.#saveByRename(place, made.bytes, `overwritten by a rename: ${made.written.number}`),
      )
    } else this.#editInPlace(folder, path)
  }

  #saveByRename(place: string, bytes: Uint8Array, story: string): void {
    const beside = `${place}~`
    try {
      writeFileSync(beside, bytes)
      const seen = this.#seen(place)
      renameSync(beside, place)
      this.#options.ledger.end(seen, story)
    } catch (error) {
      rmSync(beside, { force: true })
      throw error
    }
  }

  /** What never came to a disk is nothing that could be lost. */
  #orNothing({ written }: Made, save: () => void): void {
    try {
      save()
    } catch (error) {
      this.#options.ledger.end(written, 'not saved: its place went away')
      throw error
    }
  }

  /** One write, through one handle, of at least as many bytes: what is overwritten is what was seen, whoever else is at work. */
  #editInPlace(folder: Folder, path: string): void {
    const { ledger } = this.#options
    const file = openSync(join(folder.root, path), 'r+')
    try {
      const before = readFileSync(file)
      const { bytes } = ledger.make(folder.name, 0, `in ${this.#at(folder, path)}`, before)
      writeSync(file, bytes, 0, bytes.length, 0)
      ledger.end(ledger.of(before), `overwritten in place: ${this.#at(folder, path)}`)
    } finally {
      closeSync(file)
    }
  }

  /** A conflict: nobody has the other's edit before his eyes. */
  #editOnAllSides(path: string | undefined): void {
    if (path === undefined) return
    for (const other of this.#options.folders)
      if (existsSync(join(other.root, path)) && lstatSync(join(other.root, path)).isFile()) this.#edit(other, path)
  }

  #move(folder: Folder, from: string | undefined, directories: readonly string[]): void {
    if (from === undefined) return
    const isDirectory = lstatSync(join(folder.root, from)).isDirectory()
    const { random } = this.#options
    const name = isDirectory
      ? `d${random.below(DIRECTORY_NAMES)}`
      : `f${random.below(FILE_NAMES)}.${this.#pick(['txt', 'bin', 'md'])}`
    const inside = directories.filter((path) => path !== from && !path.startsWith(`${from}/`))
    const to = this.#freePlace(folder, inside, name)
    if (to !== null) renameSync(join(folder.root, from), join(folder.root, to))
  }

  #changeMode(folder: Folder, path: string | undefined): void {
    if (path === undefined) return
    const { mode } = lstatSync(join(folder.root, path))
    chmodSync(join(folder.root, path), (mode & 0o100) === 0 ? 0o755 : 0o644)
  }

  #makeDirectory(folder: Folder, directories: readonly string[]): void {
    const path = this.#freePlace(folder, directories, `d${this.#options.random.below(DIRECTORY_NAMES)}`)
    if (path !== null) mkdirSync(join(folder.root, path))
  }

  #delete(folder: Folder, path: string | undefined): void {
    if (path === undefined) return
    const seen = this.#seen(join(folder.root, path))
    unlinkSync(join(folder.root, path))
    this.#options.ledger.end(seen, `deleted: ${this.#at(folder, path)}`)
  }

  /** File by file: what comes into it meanwhile stays, and the directory with it. */
  #deleteDirectory(folder: Folder, path: string | undefined): void {
    if (path === undefined || look(join(folder.root, path)).files.length > 5) return
    const { files, directories } = look(join(folder.root, path))
    for (const file of files) this.#delete(folder, `${path}/${file}`)
    for (const directory of [...directories].reverse()) rmdirSync(join(folder.root, path, directory))
    rmdirSync(join(folder.root, path))
  }

  #freePlace(folder: Folder, directories: readonly string[], name: string): string | null {
    const directory = this.#pick(['', ...directories.filter((path) => path.split('/').length < DEEPEST)]) ?? ''
    const path = directory === '' ? name : `${directory}/${name}`
    return existsSync(join(folder.root, path)) ? null : path
  }

  /** Which content stands there now, by its first line. */
  #seen(place: string): Written | null {
    const file = openSync(place, 'r')
    try {
      const head = Buffer.alloc(HEADER_BYTES)
      readSync(file, head, 0, HEADER_BYTES, 0)
      return this.#options.ledger.of(head)
    } finally {
      closeSync(file)
    }
  }

  #at(folder: Folder, path: string): string {
    return `${folder.name}:${path} in step ${this.#steps}`
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#options.random.below(Math.max(1, items.length))]
  }
}

function look(root: string): { readonly files: readonly string[]; readonly directories: readonly string[] } {
  const [files, directories]: [string[], string[]] = [[], []]
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
      if (entry.name === '.tidemark' || entry.name.endsWith('~')) continue
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) {
        directories.push(path)
        walk(path)
      } else files.push(path)
    }
  }
  walk('')
  return { files: files.sort(), directories: directories.sort() }
}
