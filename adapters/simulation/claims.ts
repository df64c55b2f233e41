/**
 * What a device claims when it says `synced` (INV-32): that its folder shows what the server had at the sequence it names,
 * but for what its user did a moment ago. The folder is looked at in that very moment, the server's history beside it.
 */

import {
  type ContentRule,
  type Cursor,
  describeContent,
  type DirectoryItem,
  type Digest,
  type Hasher,
  type KeptRevision,
  type NodeId,
  type Status,
} from '../../src/index.js'
import { itemsOf } from './app.js'
import type { Inhabitant } from './inhabitant.js'
import { SCAN_MS } from './simulated-device.js'
import type { SimulatedServer } from './simulated-server.js'
import { difference } from './trees.js'

/** Two paces of the hints of a watcher: by then the engine knows of what it was told. */
export const TOLD_MS = 100
/** By then a look at everything was due, whatever was told: until it is over nobody may say `synced`. */
const UNTOLD_MS = SCAN_MS + TOLD_MS

/** What the server had, in the words of `fileWord`. */
interface Had {
  readonly rule: ContentRule
  readonly tree: ReadonlyMap<string, string>
}

/** What a claim came to. 'void': nothing to hold it against, or its user was just at work. */
export type Verdict = 'void' | { readonly differs: readonly string[]; readonly contents: readonly string[] }

export class Claims {
  readonly #hasher: Hasher
  readonly #server: SimulatedServer
  readonly #now: () => number
  /** By the hash of the history up to there, which says all of it: what is said twice is worked out once. */
  readonly #trees = new Map<string, Had>()
  /** Digests of what users wrote: each content is described once. */
  readonly #digests = new Map<string, Digest>()

  constructor(parts: { readonly hasher: Hasher; readonly server: SimulatedServer; readonly now: () => number }) {
    this.#hasher = parts.hasher
    this.#server = parts.server
    this.#now = parts.now
  }

  /** To be called in the moment in which it is said. Takes microtasks, and no virtual time. */
  async judge({ device, user }: Inhabitant, { known }: Status): Promise<Verdict> {
    const now = this.#now()
    // An engine that is being stopped lists nothing any more.
    if (device.isOnDemand && device.engine?.status.state === 'stopped') return 'void'
    if (known === null || now - device.usedAt < TOLD_MS || now - device.untoldAt < UNTOLD_MS) return 'void'
    const folder = user.all().map(({ path, stat: { kind, mode } }) => ({
      path,
      text: kind === 'directory' ? null : user.read(path),
      isExecutable: mode % 0o200 >= 0o100,
    }))
    const away = device.isOnDemand && device.engine !== null ? itemsOf(device.engine).filter(isAway) : []
    const had = await this.#had(known)
    if (had === null) return 'void'
    const shown = new Map<string, string>(
      folder.map(({ path, text, isExecutable }) => [
        path,
        text === null ? 'directory' : fileWord(this.#digestOf(text, had.rule), isExecutable),
      ]),
    )
    for (const { path, content, executable } of away)
      if (content !== null && !shown.has(`/${path}`)) shown.set(`/${path}`, fileWord(content, executable))
    const differs = difference(had.tree, shown).map(
      (path) => `${path} (${brief(had.tree.get(path))}, here ${brief(shown.get(path))})`,
    )
    return { differs, contents: folder.flatMap(({ text }) => (text === null ? [] : [text])) }
  }

  /** Null where it is another history by now, or one that was taken back: the device will learn of it. */
  async #had({ sequence, hash }: Cursor): Promise<Had | null> {
    const now = await this.#server.hashAt(sequence)
    if (now === null || (sequence > 0 && now !== hash)) return null
    const known = this.#trees.get(hash)
    if (known !== undefined) return known
    const history = await this.#server.history()
    if (history === null) return null
    const { rule, revisions } = history
    if (sequence > 0 && !revisions.some(({ revision }) => revision.sequence === sequence)) return null
    const had = { rule, tree: serverTree(revisions, sequence) }
    this.#trees.set(hash, had)
    return had
  }

  /** Null before it was held against a server. */
  digestOf(text: string): Digest | null {
    return this.#digests.get(text) ?? null
  }

  #digestOf(text: string, rule: ContentRule): Digest {
    const found = this.#digests.get(text)
    if (found !== undefined) return found
    const { digest } = describeContent(new TextEncoder().encode(text), { hasher: this.#hasher, rule })
    this.#digests.set(text, digest)
    return digest
  }
}

/** What stood at each path when the sequence was given. */
function serverTree(revisions: readonly KeptRevision[], sequence: number): ReadonlyMap<string, string> {
  const nodes = new Map<NodeId, KeptRevision>()
  for (const kept of revisions) if (kept.revision.sequence <= sequence) nodes.set(kept.revision.id, kept)
  const pathOf = (id: NodeId): string => {
    const kept = nodes.get(id)
    return kept === undefined ? '' : `${pathOf(kept.last.parentId)}/${kept.last.name}`
  }
  const tree = new Map<string, string>()
  for (const [id, { revision }] of nodes) {
    if (revision.node === null) continue
    const { content, executable } = revision.node
    tree.set(pathOf(id), content === null ? 'directory' : fileWord(content, executable))
  }
  return tree
}

/** As much of a word as tells it from others. */
function brief(word: string | undefined): string {
  return word === undefined ? 'nothing' : word.slice(0, 6) + word.slice(64)
}

function isAway({ state }: DirectoryItem): boolean {
  return state === 'placeholder'
}

function fileWord(digest: Digest, executable: boolean): string {
  return executable ? `${digest} executable` : digest
}
