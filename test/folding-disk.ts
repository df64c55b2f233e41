/**
 * A disk that takes several spellings for one name, over one that keeps them apart: letter case, Unicode forms, or both.
 * It finds an entry by any spelling and keeps the one it was given (or the form it rewrites to). It folds by its own
 * rules, not by those of the engine.
 */

import type { Disk } from '../adapters/shared/disk.js'
import { diskCode } from '../adapters/shared/folder-problems.js'

export interface Folding {
  readonly case: 'sensitive' | 'preserving'
  /** 'nfc' and 'nfd' rewrite names, 'insensitive' keeps them; all three take both forms for one name. */
  readonly unicode: 'exact' | 'nfc' | 'nfd' | 'insensitive'
}

/** File systems as they come. */
export const FOLDINGS = {
  'letter case (NTFS)': { case: 'preserving', unicode: 'exact' },
  'Unicode forms (ZFS)': { case: 'sensitive', unicode: 'insensitive' },
  'both (APFS)': { case: 'preserving', unicode: 'insensitive' },
  'both, rewriting to NFD (HFS+)': { case: 'preserving', unicode: 'nfd' },
  'Unicode forms, rewriting to NFC': { case: 'sensitive', unicode: 'nfc' },
} as const satisfies Record<string, Folding>

/** Below `root` only: what is above it keeps its spelling. */
export function foldingDisk(disk: Disk, root: string, folding: Folding): Disk {
  const names = new FoldedNames(disk, root, folding)
  const found = (path: string): Promise<string> => names.find(path)
  return {
    open: async (path, how, mode) => disk.open(await found(path), how, mode),
    lstat: async (path) => disk.lstat(await found(path)),
    readdir: async (path) => disk.readdir(await found(path)),
    mkdir: async (path, mode) => disk.mkdir(await found(path), mode),
    rmdir: async (path) => disk.rmdir(await found(path)),
    rename: async (from, to) => {
      const [source, target] = [await found(from), await found(to)]
      // Onto itself in another spelling: that is how case is changed.
      return disk.rename(source, source === target ? await names.respelled(to) : target)
    },
    link: async (from, to) => disk.link(await found(from), await found(to)),
    unlink: async (path) => disk.unlink(await found(path)),
    chmod: async (path, mode) => disk.chmod(await found(path), mode),
    utimes: async (path, atimeMs, mtimeMs) => disk.utimes(await found(path), atimeMs, mtimeMs),
    syncDirectory: async (path) => disk.syncDirectory(await found(path)),
  }
}

class FoldedNames {
  readonly #disk: Disk
  readonly #root: string
  readonly #folding: Folding

  constructor(disk: Disk, root: string, folding: Folding) {
    this.#disk = disk
    this.#root = root
    this.#folding = folding
  }

  /** The path of what is there under any spelling; else the one under which it would be made. */
  async find(path: string): Promise<string> {
    if (!path.startsWith(`${this.#root}/`)) return path
    let at = this.#root
    for (const name of path.slice(this.#root.length + 1).split('/')) {
      const twin = (await this.#namesIn(at)).find((known) => this.#fold(known) === this.#fold(name))
      at = `${at}/${twin ?? this.#stored(name)}`
    }
    return at
  }

  async respelled(path: string): Promise<string> {
    const slash = path.lastIndexOf('/')
    return `${await this.find(path.slice(0, slash))}/${this.#stored(path.slice(slash + 1))}`
  }

  #fold(name: string): string {
    const form = this.#folding.unicode === 'exact' ? name : name.normalize('NFD')
    return this.#folding.case === 'preserving' ? form.toLowerCase() : form
  }

  #stored(name: string): string {
    const { unicode } = this.#folding
    return unicode === 'nfc' || unicode === 'nfd' ? name.normalize(unicode.toUpperCase()) : name
  }

  async #namesIn(path: string): Promise<readonly string[]> {
    try {
      return (await this.#disk.readdir(path)).map(({ name }) => new TextDecoder().decode(name))
    } catch (error) {
      // The call that needed it says so itself.
      if (diskCode(error) !== '') return []
      throw error
    }
  }
}
