/**
 * The rules that hold in every world, checked from outside: at rest, at each status an engine tells, and of each error.
 * Names are those of docs/failure-model.md. It changes nothing.
 */

import type { Hasher, Status } from '../../src/index.js'
import { itemsOf } from './app.js'
import { Claims } from './claims.js'
import type { Inhabitant } from './inhabitant.js'
import type { Oracle, Tree } from './oracle.js'
import { keptContents, restored } from './past.js'
import { codeOf, type SimulatedDevice, ROOT, SCAN_MS } from './simulated-device.js'
import type { SimulatedServer } from './simulated-server.js'
import type { Story } from './story.js'
import { brief } from './story.js'
import { difference, listed, outlineOf, serverOutline, treeOf } from './trees.js'

/** A rule that did not hold. */
export interface Violation {
  /** Its id in docs/failure-model.md. */
  readonly rule: string
  /** Who, and what of it. */
  readonly what: string
}

/** What the checks look at. */
export interface Checked {
  readonly inhabitants: readonly Inhabitant[]
  readonly server: SimulatedServer
  readonly oracle: Oracle
  readonly story: Story
  readonly conflicts: number
  readonly wentBack: boolean
  readonly powerless: ReadonlySet<string>
  readonly clock: { monotonic(): number }
  readonly hasher: Hasher
  pass(ms: number): Promise<void>
  newcomer(): Promise<void>
}

/** Rounds of a full scan within which all is at rest (INV-01). */
const ROUNDS = 10
/** Longer than what is young takes to be looked at once more, milliseconds. */
const CALM_MS = 6_000
/** So many contents of the past are read back at each rest. */
const RESTORED = 6
/** A user who stopped this long ago was seen by everybody, milliseconds. */
const SEEN_MS = 2_000

export class Checks {
  readonly violations: Violation[] = []
  readonly #world: Checked
  readonly #known = new Map<SimulatedDevice, { epoch: string; sequence: number }>()
  readonly #claims: Claims
  /** Times somebody said `synced`, and times that could be held against the server. */
  readonly claims = { made: 0, held: 0 }
  /** Contents that the server had, as somebody could tell: from then on they can be restored. */
  readonly #committed = new Set<string>()
  /** Contents that were ended knowingly and looked for in the past of the server. */
  restored = 0
  #conflictsBefore = 0

  constructor(world: Checked) {
    this.#world = world
    this.#claims = new Claims({ hasher: world.hasher, server: world.server, now: () => world.clock.monotonic() })
  }

  violated(rule: string, what: string): void {
    this.#world.story.tell(`VIOLATED ${rule}: ${what}`)
    this.violations.push({ rule, what })
  }

  // ---- while it runs

  begin(): void {
    const [first] = this.#world.inhabitants
    this.#world.oracle.begin(first === undefined ? new Map() : treeOf(first.user))
    this.#conflictsBefore = this.#world.conflicts
    this.#known.clear()
  }

  /** What another life was told and did not save is told again. */
  beginsLife(device: SimulatedDevice): void {
    this.#known.delete(device)
  }

  /** What the engine does not know is a fault of the engine. */
  onError(device: SimulatedDevice, error: unknown): void {
    const code = codeOf(error)
    this.#world.story.tell(`${device.name} error ${code}: ${error instanceof Error ? error.message : String(error)}`)
    if (code !== 'internal') return
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    this.violated(
      'INV-25',
      `${device.name}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    )
  }

  onStatus(device: SimulatedDevice, status: Status): void {
    this.#world.story.note(`${device.name} ${status.state} ${status.applied ?? ''} ${status.pending}`)
    this.#checkCursor(device, status)
    if (status.state !== 'synced') return
    this.#checkSynced(device, status)
    this.#claimed(device, status)
  }

  /** INV-12: within one history the cursor only grows, and never beyond what the server has. */
  #checkCursor(device: SimulatedDevice, { known }: Status): void {
    if (known === null || this.#world.wentBack) return
    const before = this.#known.get(device)
    if (before !== undefined && before.epoch === known.epoch && known.sequence < before.sequence)
      this.violated('INV-12', `${device.name} goes back from ${before.sequence} to ${known.sequence}`)
    this.#known.set(device, { epoch: known.epoch, sequence: known.sequence })
  }

  /** INV-32: who says that it is in step has nothing open. */
  #checkSynced(device: SimulatedDevice, { known, applied, pending, problems, guards }: Status): void {
    if (known?.sequence !== applied || pending > 0 || problems.length > 0 || guards.length > 0)
      this.violated(
        'INV-32',
        `${device.name} says synced with ${pending} pending, known ${known?.sequence}, applied ${applied}`,
      )
  }

  /** What is said stands until something else is said: its user worked, and it must have noticed by now. */
  usedBefore(device: SimulatedDevice): void {
    const { status } = device
    if (device.isUp && status?.state === 'synced') this.#claimed(device, status)
  }

  #claimed(device: SimulatedDevice, status: Status): void {
    this.#checkClaim(device, status).catch((error: unknown) => this.onError(device, error))
  }

  /** INV-32: and shows what the server had at the sequence it names. */
  async #checkClaim(device: SimulatedDevice, status: Status): Promise<void> {
    this.claims.made += 1
    const inhabitant = this.#world.inhabitants.find((one) => one.device === device)
    const verdict = inhabitant === undefined ? 'void' : await this.#claims.judge(inhabitant, status)
    if (verdict === 'void') return
    this.claims.held += 1
    if (verdict.differs.length === 0) {
      for (const content of verdict.contents) this.#committed.add(content)
      return
    }
    this.violated(
      'INV-32',
      `${device.name} says synced at ${status.applied} and differs at ${verdict.differs.join(', ')}`,
    )
  }

  // ---- at rest

  /** All are in step for the first time, or have had their time. */
  async untilCalm(): Promise<void> {
    for (let round = 0; round < ROUNDS && !this.#isAtRest(); round++) await this.#world.pass(CALM_MS)
  }

  async untilRest(): Promise<void> {
    await this.#world.pass(SCAN_MS + 1_000)
    for (let round = 0; round < ROUNDS && !this.#isAtRest(); round++) await this.#world.pass(SCAN_MS)
    await this.#world.pass(SEEN_MS)
  }

  #isAtRest(): boolean {
    return this.#world.inhabitants.every(({ device }) => device.status?.state === 'synced')
  }

  async atRest(isLast: boolean): Promise<void> {
    await this.#equal()
    const [first] = this.#world.inhabitants
    if (first === undefined || this.violations.length > 0) return
    const tree = treeOf(first.user)
    this.#contents(tree)
    await this.#past(tree)
    this.#strays()
    await this.#quiet()
    if (!isLast || this.violations.length > 0) return
    await this.#world.newcomer()
    await this.untilRest()
    await this.#equal()
  }

  /** INV-01: all devices and the server have one tree, and nobody has anything open. */
  async #equal(): Promise<void> {
    const { inhabitants, server } = this.#world
    const [first, ...others] = inhabitants
    if (first === undefined) return
    const tree = treeOf(first.user)
    for (const { device } of inhabitants) {
      const { status } = device
      if (status?.state === 'synced') continue
      const problems = status?.problems.map(({ code, path }) => `${code} ${path}`).join(', ') ?? ''
      this.violated(
        'INV-01',
        `${device.name} is ${status?.state ?? 'down'}, ${status?.pending ?? 0} pending, problems: ${problems}`,
      )
    }
    for (const { device, user } of others) {
      const found = difference(tree, completed(treeOf(user), tree, device))
      if (found.length > 0)
        this.violated('INV-01', `${device.name} differs from ${first.device.name} at ${found.join(', ')}`)
    }
    if (server.remote === null) return this.violated('INV-01', 'the server is down')
    const found = difference(outlineOf(tree), await serverOutline(server.remote, listed))
    if (found.length > 0) this.violated('INV-01', `the server differs from ${first.device.name} at ${found.join(', ')}`)
  }

  #contents(tree: Tree): void {
    const { oracle, wentBack, powerless, conflicts } = this.#world
    const live = new Set([...tree.values()].filter((text) => text !== null))
    for (const content of oracle.lost(live, { wentBack })) this.violated('INV-02', `lost: ${brief(content)}`)
    for (const content of oracle.revived(live, { wentBack, powerless }))
      this.violated('INV-03', `came back: ${brief(content)}`)
    for (const content of oracle.strangers(live)) this.violated('INV-08', `nobody wrote: ${brief(content)}`)
    const copies = conflicts - this.#conflictsBefore
    if (this.#workedAlone() && !wentBack && powerless.size === 0 && copies > 0)
      this.violated('INV-04', `${copies} conflict copies, though one device worked alone`)
  }

  /** Where a placeholder stands a user sees a free place. */
  #workedAlone(): boolean {
    const { inhabitants, oracle } = this.#world
    return (
      oracle.workers.size <= 1 &&
      !inhabitants.some(({ device }) => device.isOnDemand && oracle.workers.has(device.name))
    )
  }

  /** INV-02: what was overwritten or deleted after the server had it is in its history still, with its bytes. */
  async #past(tree: Tree): Promise<void> {
    const { server, wentBack } = this.#world
    if (wentBack) this.#committed.clear()
    const live = new Set(tree.values())
    const ended = [...this.#committed].filter((content) => content !== '' && !live.has(content))
    if (server.remote === null || ended.length === 0) return
    const kept = await keptContents(server.remote)
    for (const [at, content] of ended.entries()) {
      const digest = this.#claims.digestOf(content)
      if (digest === null) continue
      this.restored += 1
      const isTried = at >= ended.length - RESTORED
      if (!kept.has(digest)) this.violated('INV-02', `no revision is kept of ${brief(content)}`)
      else if (isTried && (await restored(server.remote, digest)) !== content)
        this.violated('INV-02', `its history does not give back ${brief(content)}`)
    }
  }

  /** INV-09: nothing of ours is left lying about. */
  #strays(): void {
    for (const { device } of this.#world.inhabitants) {
      for (const place of ['staging', 'moving']) {
        const path = `${ROOT}/.tidemark/${place}`
        const left = device.disk.user.exists(path) ? device.disk.user.readdir(path) : []
        if (left.length > 0) this.violated('INV-09', `${device.name} left ${left.join(', ')} in ${place}`)
      }
    }
  }

  /** INV-05: once at rest, another round changes no disk, no state, and sends nothing. */
  async #quiet(): Promise<void> {
    const { inhabitants } = this.#world
    for (const { device } of inhabitants) device.changes.length = 0
    await this.#world.pass(SCAN_MS + 1_000)
    for (const { device } of inhabitants) {
      const [first] = device.changes
      if (first !== undefined)
        this.violated(
          'INV-05',
          `${device.name} made ${device.changes.length} changes though nothing was to be done: ${first}`,
        )
    }
  }
}

/** What a device knows and has not here counts as there: a file that the other tree has at the very place. */
function completed(own: Tree, other: Tree, { isOnDemand, engine }: SimulatedDevice): Tree {
  if (!isOnDemand || engine === null) return own
  const whole = new Map(own)
  for (const { path, state } of itemsOf(engine)) {
    const at = `/${path}`
    if (state === 'placeholder' && !whole.has(at)) whole.set(at, other.get(at) ?? 'a placeholder of nothing')
  }
  return whole
}
