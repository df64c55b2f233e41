/** A seeded user of one device: writes, renames, moves, deletes, through the volume, as an app does. Small trees, many clashes. */

import type { Volume } from 'memfs'
import type { SeededRandom } from '../../adapters/shared/seeded-random.js'
import { toHex } from '../../src/index.js'
import type { Oracle } from './oracle.js'

export interface UserParts {
  readonly volume: Volume
  readonly root: string
  readonly random: SeededRandom
  readonly oracle: Oracle
  readonly device: string
  readonly tell: (line: string) => void
  /** What else this user does; steps are drawn as ever where it is not given. */
  readonly habits?: Habits
}

/**
 * 'rules': now and then an ignore rule is written or taken away. 'gentle': so it is, and nothing is moved or deleted.
 * 'large': contents have megabytes.
 */
export type Habits = 'rules' | 'gentle' | 'large'

const RULE_FILE = '.tidemarkignore'
const RULE_LINES = ['a', 'b/', '*.txt', '/c', 'd', '!a', '!e.txt', 'a/b', '**/f.md', '/*', '[ab]', '']

const MIB = 1024 * 1024
const NAMES = ['a', 'b', 'c', 'd', 'e.txt', 'f.md']

export class User {
  readonly #parts: UserParts
  #written = 0

  constructor(parts: UserParts) {
    this.#parts = parts
  }

  /** One step. Returns the paths (below the root) a watcher would tell of. */
  step(): string[] {
    const { random, habits } = this.#parts
    const writesRules = habits === 'rules' || habits === 'gentle'
    if (writesRules && random.below(6) === 0) return this.#writeRules()
    const roll = habits === 'gentle' ? random.below(60) : random.below(100)
    if (roll < 30) return this.#create()
    if (roll < 50) return this.#edit()
    if (roll < 60) return this.#makeDirectory()
    if (roll < 85) return this.#move()
    if (roll < 95) return this.#deleteFile()
    return this.#deleteDirectory()
  }

  /** Paths of all entries below the root; ours are not among them. */
  entries(kind: 'file' | 'directory'): string[] {
    const { volume, root } = this.#parts
    const found: string[] = []
    const walk = (directory: string): void => {
      for (const name of (volume.readdirSync(root + directory) as string[]).sort()) {
        if (directory === '' && name === '.tidemark') continue
        const path = `${directory}/${name}`
        const isDirectory = volume.lstatSync(root + path).isDirectory()
        if (isDirectory === (kind === 'directory')) found.push(path)
        if (isDirectory) walk(path)
      }
    }
    walk('')
    return found
  }

  read(path: string): string {
    return String(this.#parts.volume.readFileSync(this.#parts.root + path))
  }

  /** The end of all rules, as a person would end them: every rule file goes, whoever wrote it. */
  dropRules(): string[] {
    const files = this.entries('file').filter((path) => path.endsWith(`/${RULE_FILE}`))
    for (const path of files) {
      this.#parts.oracle.deleted(this.read(path))
      this.#parts.volume.unlinkSync(this.#parts.root + path)
    }
    return files.length === 0 ? [] : this.#did(`drops the rules of ${files.join(', ')}`, ...files)
  }

  /** In a directory of its choice; the file is written over, never removed. */
  #writeRules(): string[] {
    const { volume, root, oracle, random } = this.#parts
    const directory = this.#pick(['', '', ...this.entries('directory')]) ?? ''
    const path = `${directory}/${RULE_FILE}`
    const lines = Array.from({ length: random.below(3) }, () => this.#pick(RULE_LINES) ?? '')
    const content = [...lines, `# ${this.#content()}`].join('\n')
    const before = volume.existsSync(root + path) ? this.read(path) : null
    volume.writeFileSync(root + path, content)
    oracle.wrote(content, before)
    return this.#did(`writes rules ${path}: ${JSON.stringify(lines)}`, path)
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#parts.random.below(Math.max(1, items.length))]
  }

  #freePlace(): string | null {
    const directory = this.#pick(['', ...this.entries('directory')]) ?? ''
    const path = `${directory}/${this.#pick(NAMES)}`
    return this.#parts.volume.existsSync(this.#parts.root + path) ? null : path
  }

  #content(): string {
    const { device, random, habits } = this.#parts
    const label = `${device}-${this.#written++} `
    if (habits !== 'large') return label + 'x'.repeat(random.below(40))
    return label + toHex(random.bytes(MIB / 2 + random.below(MIB)))
  }

  #create(): string[] {
    const path = this.#freePlace()
    if (path === null) return []
    const content = this.#content()
    this.#parts.volume.writeFileSync(this.#parts.root + path, content)
    this.#parts.oracle.wrote(content, null)
    return this.#did(`writes new ${path}: ${brief(content)}`, path)
  }

  #edit(): string[] {
    const { volume, root, oracle, random } = this.#parts
    const path = this.#pick(this.entries('file'))
    if (path === undefined) return []
    const before = this.read(path)
    const content = this.#content()
    if (random.below(2) === 0) volume.writeFileSync(root + path, content)
    else {
      volume.writeFileSync(`${root}${path}.tmp`, content)
      volume.renameSync(`${root}${path}.tmp`, root + path)
    }
    oracle.wrote(content, before)
    return this.#did(`edits ${path}: ${brief(before)} -> ${brief(content)}`, path)
  }

  #makeDirectory(): string[] {
    const path = this.#freePlace()
    if (path === null) return []
    this.#parts.volume.mkdirSync(this.#parts.root + path)
    return this.#did(`makes directory ${path}`, path)
  }

  #move(): string[] {
    const { volume, root } = this.#parts
    const from = this.#pick([...this.entries('file'), ...this.entries('directory')])
    const to = this.#freePlace()
    if (from === undefined || to === null || to.startsWith(`${from}/`)) return []
    volume.renameSync(root + from, root + to)
    return this.#did(`moves ${from} to ${to}`, from, to)
  }

  #deleteFile(): string[] {
    const path = this.#pick(this.entries('file'))
    if (path === undefined) return []
    this.#parts.oracle.deleted(this.read(path))
    this.#parts.volume.unlinkSync(this.#parts.root + path)
    return this.#did(`deletes ${path}`, path)
  }

  #deleteDirectory(): string[] {
    const path = this.#pick(this.entries('directory'))
    if (path === undefined) return []
    for (const file of this.entries('file'))
      if (file.startsWith(`${path}/`)) this.#parts.oracle.deleted(this.read(file))
    this.#parts.volume.rmSync(this.#parts.root + path, { recursive: true })
    return this.#did(`deletes directory ${path}`, path)
  }

  #did(what: string, ...paths: string[]): string[] {
    this.#parts.tell(`${this.#parts.device} ${what}`)
    return paths.map((path) => path.slice(1))
  }
}

/** As much of a content as tells it from others. */
export function brief(content: string): string {
  return content.length <= 80 ? content : `${content.slice(0, 40)}… of ${content.length}`
}
