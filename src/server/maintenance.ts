/**
 * Looks after the workspaces by itself: retention, then garbage collection, one workspace after the other, again and again.
 * A round never overlaps another; one trouble ends the work on its workspace, not the round.
 */

import { isTidemarkError, TidemarkError } from '../errors.js'
import type { Sequence, WorkspaceId } from '../model/ids.js'
import { Collection } from './collect.js'
import type { Collected } from './collect-rules.js'
import type { ServerContext } from './context.js'
import { expire } from './retention.js'

/** How long things are kept, and how often a server looks. */
export interface MaintenanceOptions {
  /** How long superseded revisions, deleted nodes and idempotency keys are kept. Days, default 30; null keeps them for ever. */
  readonly retentionDays?: number | null | undefined
  /** How long a device that does not come is remembered. Days, default 180, never less than the retention. */
  readonly deviceDays?: number | undefined
  /** How long content that nothing names is safe before each step of its removal. Hours, default 24. */
  readonly leaseHours?: number | undefined
  /** From the end of one round to the next. Minutes, default 60; null: only when `maintain` is called. */
  readonly intervalMinutes?: number | null | undefined
}

/** How one round is done. */
export interface MaintainOptions {
  /** Changes nothing: tells what would be condemned and removed now. */
  readonly dryRun?: boolean | undefined
  /** Ends the round early: it then fails with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** What a round did for one workspace. */
export interface Maintained {
  /** The workspace that was looked after. */
  readonly workspace: WorkspaceId
  /** Id of the user whose workspace it is. */
  readonly owner: string
  /** As its user knows it. */
  readonly name: string
  /** The horizon afterwards. */
  readonly horizon: Sequence
  /** Null where it failed. */
  readonly collected: Collected | null
  /** What ended the work on this workspace; null when nothing did. */
  readonly failure: { readonly code: string; readonly message: string; readonly subject: string | null } | null
}

export interface MaintenanceRules {
  readonly isOn: boolean
  readonly retentionMs: number | null
  readonly deviceMs: number
  readonly leaseMs: number
  readonly intervalMs: number
}

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000
const KNOWN = new Set(['retentionDays', 'deviceDays', 'leaseHours', 'intervalMinutes'])
const PAGE = 100
/** From the start to the first round. */
const FIRST_MS = MINUTE
/** Longest time a slice keeps to itself before others get their turn, by the clock; then it sleeps as long. */
const SLICE_MS = 10

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw new TidemarkError('invalid-option', `${name} is a number above 0.`, { subject: `maintenance.${name}` })
}

/** @throws invalid-option, unknown-option */
export function maintenanceRules(options: MaintenanceOptions | null | undefined): MaintenanceRules {
  const given = options ?? {}
  for (const name of Object.keys(given)) {
    if (KNOWN.has(name)) continue
    throw new TidemarkError('unknown-option', `maintenance has no option ${name}.`, {
      subject: `maintenance.${name}`,
      next: `Known are ${[...KNOWN].join(', ')}.`,
    })
  }
  const { retentionDays = 30, deviceDays = 180, leaseHours = 24, intervalMinutes = 60 } = given
  const retentionMs = retentionDays === null ? null : positive('retentionDays', retentionDays) * DAY
  return {
    isOn: options !== null && intervalMinutes !== null,
    retentionMs,
    deviceMs: Math.max(positive('deviceDays', deviceDays) * DAY, retentionMs ?? 0),
    leaseMs: positive('leaseHours', leaseHours) * HOUR,
    intervalMs: positive('intervalMinutes', intervalMinutes ?? 60) * MINUTE,
  }
}

export class Maintenance {
  readonly #context: ServerContext
  readonly #rules: MaintenanceRules
  readonly #stop = new AbortController()
  #loop: Promise<void> = Promise.resolve()
  #tail: Promise<unknown> = Promise.resolve()

  readonly #onRound: (round: readonly Maintained[]) => void

  constructor(
    context: ServerContext,
    rules: MaintenanceRules,
    onRound: (round: readonly Maintained[]) => void = () => undefined,
  ) {
    this.#context = context
    this.#rules = rules
    this.#onRound = onRound
  }

  start(): void {
    if (this.#rules.isOn) this.#loop = this.#run()
  }

  /** Ends a running round at its next pause. Idempotent. */
  async stop(): Promise<void> {
    this.#stop.abort(new TidemarkError('aborted', 'The server is closing.', { subject: 'maintenance' }))
    await this.#loop
    await this.#tail
  }

  async #run(): Promise<void> {
    const { clock } = this.#context
    const { signal } = this.#stop
    try {
      for (let wait = Math.min(FIRST_MS, this.#rules.intervalMs); ; wait = this.#rules.intervalMs) {
        await clock.sleep(wait, { signal })
        await this.round({}).catch((error: unknown) => this.#tell('server.maintenance', error))
      }
    } catch (error) {
      if (!signal.aborted) this.#tell('server.maintenance', error)
    }
  }

  /** Behind every round that was asked for before. */
  round(options: MaintainOptions): Promise<readonly Maintained[]> {
    const round = this.#tail.then(async () => {
      const done = await this.#round(options)
      this.#onRound(done)
      return done
    })
    this.#tail = round.catch(() => undefined)
    return round
  }

  async #round(options: MaintainOptions): Promise<readonly Maintained[]> {
    const done: Maintained[] = []
    const pause = this.#pacer(options.signal)
    for (let after: WorkspaceId | null = null; ; ) {
      const page = await this.#context.metadata.everyWorkspace(after, PAGE)
      for (const { id, owner, name, horizon } of page) {
        const found = { workspace: id, owner, name }
        try {
          done.push({ ...found, ...(await this.#lookAfter(id, horizon, options, pause)), failure: null })
        } catch (error) {
          if (isTidemarkError(error) && error.code === 'aborted') throw error
          this.#tell('server.maintenance', error, id)
          done.push({ ...found, horizon, collected: null, failure: plain(error) })
        }
      }
      if (page.length < PAGE) return done
      after = page.at(-1)?.id ?? null
    }
  }

  async #lookAfter(
    workspace: WorkspaceId,
    horizon: Sequence,
    { dryRun = false }: MaintainOptions,
    pause: () => Promise<void>,
  ): Promise<{ readonly horizon: Sequence; readonly collected: Collected }> {
    const { retentionMs, deviceMs, leaseMs } = this.#rules
    const now = this.#context.clock.now()
    await pause()
    const next =
      dryRun || retentionMs === null
        ? horizon
        : await expire(this.#context, workspace, now - retentionMs, now - deviceMs)
    const rules = { leaseMs, mode: dryRun ? 'report' : 'collect', pause } as const
    const collected = await new Collection(this.#context, workspace, rules).run()
    this.#context.log(() => ({
      level: 'info',
      event: 'server.collected',
      detail: { workspace, horizon: next, ...collected },
    }))
    return { horizon: next, collected }
  }

  /** Half of the time belongs to requests. Rejects with `aborted`. */
  #pacer(signal: AbortSignal | undefined): () => Promise<void> {
    const { clock } = this.#context
    let since = clock.monotonic()
    return async () => {
      for (const each of [signal, this.#stop.signal])
        if (each?.aborted === true)
          throw new TidemarkError('aborted', 'Maintenance was cancelled.', { subject: 'maintenance' })
      const worked = clock.monotonic() - since
      if (worked < SLICE_MS) return
      await clock.sleep(worked, { signal: this.#stop.signal })
      since = clock.monotonic()
    }
  }

  #tell(event: string, error: unknown, workspace: WorkspaceId | null = null): void {
    this.#context.log(() => ({ level: 'error', event, detail: { workspace, ...plain(error) } }))
  }
}

function plain(error: unknown): { readonly code: string; readonly message: string; readonly subject: string | null } {
  if (isTidemarkError(error)) return { code: error.code, message: error.message, subject: error.subject }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), subject: null }
}
