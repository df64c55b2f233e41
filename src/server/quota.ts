/**
 * How much a workspace and its user may hold: stored bytes, orphans and history included, and live nodes. Nothing is ever
 * removed for it, and what frees space always passes. A limit lowered below what is held refuses only what adds.
 */

import { TidemarkError } from '../errors.js'
import type { ChunkStore } from '../interfaces/chunk-store.js'
import type { MetadataReader, MetadataStore, WorkspaceHead } from '../interfaces/metadata-store.js'
import type { WorkspaceId } from '../model/ids.js'

/** Most that may be stored; what is left out has no limit. */
export interface QuotaOptions {
  /** Stored bytes of chunks, whoever still names them. */
  readonly workspaceBytes?: number | undefined
  /** Live files and directories. */
  readonly workspaceNodes?: number | undefined
  /** Over all workspaces of a user. */
  readonly userBytes?: number | undefined
  /** Live files and directories over all workspaces of a user. */
  readonly userNodes?: number | undefined
}

/** What one workspace takes. */
export interface Usage {
  /** Live files and directories. */
  readonly nodes: number
  /** Chunks held, whoever still names them. */
  readonly chunks: number
  /** Stored bytes of those chunks. */
  readonly bytes: number
}

/** What a batch may still add. Counted down while its groups are judged. */
export interface Budget {
  nodes: number
  bytes: number
}

type Rules = { readonly [Name in keyof QuotaOptions]-?: number }

const NAMES = ['workspaceBytes', 'workspaceNodes', 'userBytes', 'userNodes'] as const

/** @throws invalid-option, unknown-option */
export function quotaRules(options: QuotaOptions = {}): Rules {
  for (const [name, value] of Object.entries(options)) {
    if (!NAMES.some((known) => known === name)) {
      throw new TidemarkError('unknown-option', `quota has no option ${name}.`, {
        subject: `quota.${name}`,
        next: `Known are ${NAMES.join(', ')}.`,
      })
    }
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue
    throw new TidemarkError('invalid-option', `${name} is a whole number from 0.`, { subject: `quota.${name}` })
  }
  const [workspaceBytes, workspaceNodes, userBytes, userNodes] = NAMES.map((name) => options[name] ?? Infinity)
  return {
    workspaceBytes: workspaceBytes ?? Infinity,
    workspaceNodes: workspaceNodes ?? Infinity,
    userBytes: userBytes ?? Infinity,
    userNodes: userNodes ?? Infinity,
  }
}

export class Quota {
  readonly #metadata: MetadataStore
  readonly #chunks: ChunkStore
  readonly #rules: Rules
  /** Bytes on their way into the store, by workspace and by user. */
  readonly #coming = new Map<string, number>()
  /** Live nodes of a workspace as of a sequence, so that they are counted once and not with each commit. */
  readonly #counted = new Map<WorkspaceId, { readonly at: string; readonly nodes: number }>()

  constructor(metadata: MetadataStore, chunks: ChunkStore, rules: Rules) {
    this.#metadata = metadata
    this.#chunks = chunks
    this.#rules = rules
  }

  async usage(workspace: WorkspaceId): Promise<Usage> {
    const nodes = await this.#metadata.read(workspace, (reader) => this.#nodes(reader))
    return { nodes, ...(await this.#chunks.usage(workspace)) }
  }

  async userUsage(user: string): Promise<Usage> {
    const sum = { nodes: 0, chunks: 0, bytes: 0 }
    for (const { id } of await this.#metadata.workspaces(user)) {
      const { nodes, chunks, bytes } = await this.usage(id)
      sum.nodes += nodes
      sum.chunks += chunks
      sum.bytes += bytes
    }
    return sum
  }

  /** What a batch of this user may add to this workspace; called inside its transaction or snapshot. */
  async budget(reader: MetadataReader, head: WorkspaceHead): Promise<Budget> {
    const { workspaceBytes, workspaceNodes, userBytes, userNodes } = this.#rules
    const budget = { nodes: Infinity, bytes: Infinity }
    if (workspaceNodes < Infinity || userNodes < Infinity) {
      const own = await this.#nodes(reader)
      const others = userNodes < Infinity ? await this.#others(head, ({ nodes }) => nodes) : 0
      budget.nodes = Math.min(workspaceNodes - own, userNodes - own - others)
    }
    if (workspaceBytes < Infinity || userBytes < Infinity) {
      const { bytes } = await this.#chunks.usage(head.id)
      const others = userBytes < Infinity ? await this.#others(head, (usage) => usage.bytes) : 0
      budget.bytes = Math.min(workspaceBytes - bytes, userBytes - bytes - others)
    }
    return budget
  }

  async #others(head: WorkspaceHead, figure: (usage: Usage) => number): Promise<number> {
    let sum = 0
    for (const { id } of await this.#metadata.workspaces(head.owner)) {
      if (id !== head.id) sum += figure(await this.usage(id))
    }
    return sum
  }

  async #nodes(reader: MetadataReader): Promise<number> {
    const { id, epoch, sequence } = await reader.head()
    const at = `${epoch} ${sequence}`
    const known = this.#counted.get(id)
    if (known?.at === at) return known.nodes
    const nodes = await reader.liveCount()
    this.#counted.set(id, { at, nodes })
    return nodes
  }

  /**
   * Room for new chunks; its undo is called when they are in the store, or failed. Fails with `over-quota`. Uploads at once
   * count each other, so that together they never pass the limit; next to it one may be refused that would just have fitted.
   */
  async reserve(workspace: WorkspaceId, user: string, missingBytes: () => Promise<number>): Promise<() => void> {
    const { workspaceBytes, userBytes } = this.#rules
    if (workspaceBytes === Infinity && userBytes === Infinity) return () => undefined
    const bytes = await missingBytes()
    if (bytes === 0) return () => undefined
    const keys = [`workspace ${workspace}`, `user ${user}`] as const
    for (const key of keys) this.#coming.set(key, (this.#coming.get(key) ?? 0) + bytes)
    const undo = (): void => {
      for (const key of keys) {
        const left = (this.#coming.get(key) ?? 0) - bytes
        if (left > 0) this.#coming.set(key, left)
        else this.#coming.delete(key)
      }
    }
    try {
      const [inWorkspace, inUser] = keys.map((key) => this.#coming.get(key) ?? 0)
      await this.#check('workspace', workspaceBytes, inWorkspace ?? 0, () => this.#chunks.usage(workspace))
      await this.#check('user', userBytes, inUser ?? 0, () => this.userUsage(user))
      return undo
    } catch (error) {
      undo()
      throw error
    }
  }

  async #check(
    who: 'workspace' | 'user',
    limit: number,
    coming: number,
    usage: () => Promise<{ readonly bytes: number }>,
  ): Promise<void> {
    if (limit === Infinity || (await usage()).bytes + coming <= limit) return
    throw new TidemarkError('over-quota', `The quota of this ${who} is ${limit} bytes.`, {
      subject: who,
      next: 'Delete files: their bytes are free when history and leases have let them go.',
    })
  }
}
