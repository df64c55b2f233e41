/**
 * What a device claims when it says `synced` (INV-32): that its folder shows what the server had at the sequence it names,
 * but for what its user did a moment ago. The folder is looked at in that very moment, the server's history beside it.
 */

import {
  type ContentRule,
  describeContent,
  type Digest,
  type Hasher,
  type KeptRevision,
  type NodeId,
  type Status,
} from '../../src/index.js'
import type { Inhabitant } from './inhabitant.js'
import { SCAN_MS } from './simulated-device.js'
import type { SimulatedServer } from './simulated-server.js'
import { difference, isExecutable, treeOf } from './trees.js'

/** Two paces of the hints of a watcher: by then the engine knows of what it was told. */
export const TOLD_MS = 100
/** By then a look at everything was due, whatever was told: until it is over nobody may say `synced`. */
const UNTOLD_MS = SCAN_MS + TOLD_MS

/** What a claim came to. 'void': nothing to hold it against, or its user was just at work. */
export type Verdict = 'void' | { readonly differs: readonly string[]; readonly contents: readonly string[] }

export class Claims {
  readonly #hasher: Hasher
  readonly #server: SimulatedServer
  readonly #now: () => number
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
    if (known === null || now - device.usedAt < TOLD_MS || now - device.untoldAt < UNTOLD_MS) return 'void'
    const folder = treeOf(user)
    const executable = new Set([...folder.keys()].filter((path) => isExecutable(user, path)))
    const history = await this.#server.history()
    if (history === null) return 'void'
    const { rule, revisions } = history
    const last = revisions.find(({ revision }) => revision.sequence === known.sequence)
    // Of another history, or of one that was taken back: the device will learn of it.
    if (known.sequence > 0 && last?.hash !== known.hash) return 'void'
    const shown = new Map(
      [...folder].map(([path, text]) => {
        if (text === null) return [path, 'directory']
        return [path, fileWord(this.#digestOf(text, rule), executable.has(path))]
      }),
    )
    const had = serverTree(revisions, known.sequence)
    const differs = difference(had, shown).map(
      (path) => `${path} (${brief(had.get(path))}, here ${brief(shown.get(path))})`,
    )
    return { differs, contents: [...folder.values()].filter((text) => text !== null) }
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

function fileWord(digest: Digest, executable: boolean): string {
  return executable ? `${digest} executable` : digest
}
