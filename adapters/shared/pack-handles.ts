/** Keeps the pack files that are read open, up to a number. Never closes one that is in use. */

import type { Disk, DiskFile } from './disk.js'

interface Handle {
  readonly file: Promise<DiskFile>
  uses: number
}

const MOST_OPEN = 64

export class PackHandles {
  readonly #disk: Disk
  /** Oldest use first. */
  readonly #handles = new Map<string, Handle>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  async use<T>(path: string, run: (file: DiskFile) => Promise<T>): Promise<T> {
    const handle = this.#handles.get(path) ?? { file: this.#disk.open(path, 'read'), uses: 0 }
    this.#handles.delete(path)
    this.#handles.set(path, handle)
    handle.uses += 1
    try {
      return await run(await handle.file)
    } catch (error) {
      if (this.#handles.get(path) === handle && (await failed(handle.file))) this.#handles.delete(path)
      throw error
    } finally {
      handle.uses -= 1
      await this.#trim(MOST_OPEN)
    }
  }

  /** Closes the one of a file that is about to go, unless somebody reads from it. */
  async forget(path: string): Promise<void> {
    const handle = this.#handles.get(path)
    if (handle === undefined || handle.uses > 0) return
    this.#handles.delete(path)
    await (await handle.file).close()
  }

  async close(): Promise<void> {
    await this.#trim(0)
  }

  async #trim(keep: number): Promise<void> {
    for (const [path, handle] of this.#handles) {
      if (this.#handles.size <= keep) return
      if (handle.uses > 0) continue
      this.#handles.delete(path)
      await (await handle.file).close()
    }
  }
}

async function failed(file: Promise<DiskFile>): Promise<boolean> {
  return file.then(
    () => false,
    () => true,
  )
}
