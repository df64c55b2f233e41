/**
 * Runs a script: shipped engines and a shipped server on virtual time, users who work at any moment, faults as written. After
 * each phase all faults end, everything comes to rest, and the rules are checked. One script, one run.
 */

import { decodeAnswer, decodeRequest, type Hasher, portableHasher, type SyncEngine } from '../../src/index.js'
import { type VirtualClock, virtualClock } from '../shared/virtual-clock.js'
import { App } from './app.js'
import { Breakage, DOWN_MS, SERVER_DOWN_MS } from './breakage.js'
import { chanceOf } from './chance.js'
import { TOLD_MS } from './claims.js'
import { Checks, type Violation } from './checks.js'
import { tellExchange } from './exchange-words.js'
import type { Inhabitant } from './inhabitant.js'
import type { Life } from './life.js'
import { Oracle } from './oracle.js'
import type { PowerLoss } from './power-loss.js'
import { type Decorations, SimulatedDevice } from './simulated-device.js'
import { SimulatedServer } from './simulated-server.js'
import type { Ask, Fault, Phase, Script, UserStep } from './script.js'
import { Story } from './story.js'
import { Moments, type Strike } from './strike.js'
import { Tally } from './tally.js'
import { User } from './user.js'

export interface WorldOptions {
  readonly script: Script
  readonly hasher?: Hasher | undefined
  readonly decorations?: Decorations | undefined
  readonly strike?: Strike | undefined
  /** Milliseconds that the wall clock of each device is wrong, one after the other. */
  readonly skews?: readonly number[] | undefined
  /** Keeps the story; else only its hash. */
  readonly tells?: boolean | undefined
  /** Gives everything that waits on promises its turn: a macrotask of the host. */
  readonly turn: () => Promise<void>
}

/** What a run was like. */
export interface RunReport {
  /** Rules that were broken, in the order in which it was seen. */
  readonly violations: readonly Violation[]
  /** What happened, line by line; empty where it was not kept. */
  readonly story: readonly string[]
  /** Sixteen hex digits over all that happened: equal runs have equal ones. */
  readonly hash: string
  /** How often each fault really struck. */
  readonly struck: Readonly<Partial<Record<Fault, number>>>
  /** Steps of users that found something to do, moves among them, and those on directories. */
  readonly deeds: { readonly all: number; readonly moves: number; readonly directories: number }
  /** Processes that ended, and began again. */
  readonly restarts: number
  /** Times the scheduler let somebody go on. */
  readonly steps: number
  /** Calls and requests of the last phase, for a sweep over them. */
  readonly moments: { count(device: number | null, at: Strike['at']): number; readonly hasStruck: boolean }
  /** Asked of the server, over all devices. */
  readonly requests: number
  /** Times a device kept both of two contents. */
  readonly conflicts: number
  /** Times a device said `synced`, and times that its folder was then compared with the server's history. */
  readonly claims: { readonly made: number; readonly held: number }
  /** What apps asked for, of engines whose contents come on demand, and got. */
  readonly asked: Readonly<Record<Ask, number>>
  /** Contents that were overwritten or deleted and then looked for in the server's history. */
  readonly restored: number
}

/** One in so many calls of a disk is slow. */
const SLOW_CALLS = 24
const SLOW_MS = 120
const WRITE_BACK_MS = 30_000
/** Who joins when all is over: it shall have everything. */
const FRESH = 'fresh'

export class World {
  readonly clock: VirtualClock = virtualClock()
  readonly oracle = new Oracle()
  readonly story: Story
  readonly inhabitants: Inhabitant[] = []
  readonly server: SimulatedServer
  readonly #options: WorldOptions
  readonly hasher: Hasher
  readonly #chance
  readonly #tally = new Tally()
  readonly #checks: Checks
  readonly #breakage: Breakage
  readonly #moments: Moments
  #isCalm = false

  constructor(options: WorldOptions) {
    this.#options = options
    this.hasher = options.hasher ?? portableHasher()
    this.#chance = chanceOf(options.script.seed, 'world')
    this.story = new Story(() => this.clock.monotonic(), options.tells === true)
    this.server = new SimulatedServer({
      clock: this.clock,
      random: chanceOf(options.script.seed, 'server'),
      hasher: this.hasher,
      before: (life) => this.#serverCalls(life),
    })
    this.#checks = new Checks(this)
    this.#moments = new Moments(options.strike ?? null)
    this.#breakage = new Breakage({
      clock: this.clock,
      inhabitants: this.inhabitants,
      server: this.server,
      oracle: this.oracle,
      story: this.story,
      tally: this.#tally,
      onError: (device, error) => this.#checks.onError(device, error),
      settles: (promise) => this.#settles(promise),
    })
  }

  get conflicts(): number {
    return this.#tally.conflicts
  }

  get wentBack(): boolean {
    return this.#breakage.wentBack
  }

  get powerless(): ReadonlySet<string> {
    return this.#breakage.powerless
  }

  async run(): Promise<RunReport> {
    const { script } = this.#options
    await this.#serverStarts()
    void this.#writeBack()
    for (let at = 0; at < script.devices; at++) await this.#joins(`D${at}`)
    for (const [at, phase] of script.phases.entries()) {
      if (this.#checks.violations.length > 0) break
      const isLast = at === script.phases.length - 1
      if (isLast) this.#moments.begin()
      await this.#play(phase)
      await this.#rest(phase.users.length === 0)
      if (this.#moments.hasMoved) await this.#checks.untilRest()
      await this.#checks.atRest(isLast)
    }
    for (const { device } of this.inhabitants) await this.#settles(device.stop())
    const { struck, deeds, asked, restarts, steps, requests, conflicts } = this.#tally
    const counts = { struck, deeds, asked, restarts, steps, requests, conflicts }
    const { violations, claims, restored } = this.#checks
    const checked = { violations: [...violations], claims, restored }
    const told = { story: [...this.story.lines], hash: this.story.hash }
    for (const { device } of this.inhabitants) device.bury()
    return { ...checked, ...told, moments: this.#moments, ...counts }
  }

  // ---- time

  /** Lets virtual time pass, and everybody do what is due. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.monotonic() + ms
    for (;;) {
      await this.#options.turn()
      const due = this.clock.nextDue()
      const left = until - this.clock.monotonic()
      this.#tally.steps += 1
      if (due === null || due > left) {
        this.clock.advance(left)
        await this.#options.turn()
        return
      }
      this.clock.advance(due)
    }
  }

  /** Time passes until the promise settles; a failure is a violation where it may not be. */
  async #settles(promise: Promise<unknown>): Promise<Error | null> {
    const outcome: { error: Error | null; over: boolean } = { error: null, over: false }
    promise.then(
      () => (outcome.over = true),
      (error: unknown) => {
        outcome.error = error instanceof Error ? error : new Error(String(error))
        outcome.over = true
      },
    )
    for (let tries = 0; !outcome.over && tries < 3_000; tries++) await this.pass(100)
    return outcome.over ? outcome.error : new Error('it never ended')
  }

  /** As every system does by itself. */
  async #writeBack(): Promise<void> {
    for (;;) {
      await this.clock.sleep(WRITE_BACK_MS)
      for (const { device } of this.inhabitants) device.disk.writeBack()
    }
  }

  /** Throws when that very call fails. */
  #diskCalls(device: SimulatedDevice, number: number, isOneStep: boolean): Promise<void> | undefined {
    const struck = this.#moments.next(number, 'disk')
    if (isOneStep && (struck === null || (typeof struck === 'object' && 'deed' in struck))) return undefined
    if (struck === null) return this.#slow()
    if (typeof struck === 'object' && 'errno' in struck)
      throw Object.assign(new Error(struck.errno), { code: struck.errno })
    if (typeof struck === 'object' && 'deed' in struck) {
      this.#does({ ...struck, at: 0, device: number })
      return this.#slow()
    }
    this.#breakage.strikes(device, struck as 'kill' | PowerLoss)
    return new Promise(() => undefined)
  }

  #requests(number: number): unknown {
    const struck = this.#moments.next(number, 'request')
    if (struck === null || typeof struck !== 'object' || !('restore' in struck)) return struck
    this.#breakage.strikesRestore(struck.restore === 'new')
    return null
  }

  #serverCalls(life: Life): Promise<void> | undefined {
    const struck = this.#moments.next(null, 'disk')
    if (struck === null) return this.#slow()?.then(() => (life.isOver ? life.never() : undefined))
    this.#breakage.strikesServer(struck as 'kill' | PowerLoss)
    return life.never()
  }

  #slow(): Promise<void> | undefined {
    this.#tally.steps += 1
    if (this.#isCalm || this.#chance.below(SLOW_CALLS) !== 0) return undefined
    return this.clock.sleep(this.#chance.below(SLOW_MS))
  }

  // ---- who is there

  async #joins(name: string): Promise<void> {
    const number = this.inhabitants.length
    const device = new SimulatedDevice({
      name,
      isOnDemand: this.#options.script.onDemand?.includes(number) === true && name !== FRESH,
      seed: this.#options.script.seed,
      clock: this.clock,
      hasher: this.hasher,
      wire: () => this.server.wire(),
      decorations: this.#options.decorations ?? {},
      events: {
        onEngine: (of, engine) => this.#listen(of, engine),
        onStruck: (fault) => this.#tally.strikes(fault),
        onExchange: (of, frame, answer) => this.#exchanged(of, frame, answer),
        onDiskCall: (of, isOneStep) => this.#diskCalls(of, number, isOneStep),
        onRequest: () => this.#requests(number),
      },
    })
    device.skew = this.#options.skews?.[this.inhabitants.length % this.#options.skews.length] ?? 0
    const tell = (line: string): void => this.story.tell(line)
    const user = new User({ device: name, root: '/root', hands: () => device.disk.user, oracle: this.oracle, tell })
    const app = new App({
      device,
      user,
      oracle: this.oracle,
      tell,
      onDone: (asks) => (this.#tally.asked[asks] += 1),
      onError: (error) => this.#checks.onError(device, error),
    })
    this.inhabitants.push({ device, user, app })
    await this.#starts(device)
  }

  /** A device that joins fresh: it must get what all others have. */
  async newcomer(): Promise<void> {
    this.story.tell('a fresh device joins')
    await this.#joins(FRESH)
  }

  async #starts(device: SimulatedDevice): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      const error = await this.#settles(device.start())
      if (error === null) return
      this.#checks.onError(device, error)
      device.kill()
      await this.pass(2_000)
    }
    this.#checks.violated('INV-09', `${device.name} does not start`)
  }

  async #serverStarts(): Promise<void> {
    const error = await this.#settles(this.server.start())
    if (error !== null) this.#checks.violated('INV-09', `the server does not start: ${error.message}`)
  }

  #listen(device: SimulatedDevice, engine: SyncEngine): void {
    const { name } = device
    this.#checks.beginsLife(device)
    engine.on('conflict', ({ path, copy }) => {
      this.#tally.conflicts += 1
      this.story.tell(`${name} keeps both: ${path} and ${copy}`)
    })
    engine.on('change', ({ type, path, from }) =>
      this.story.tell(`${name} ${type} ${from === undefined ? '' : `${from} -> `}${path}`),
    )
    engine.on('guard', (guard) => {
      this.story.tell(`${name} asks: ${guard.deletes} of ${guard.of} ${guard.direction}; its user says yes`)
      void engine.confirm(guard).catch((error: unknown) => this.#checks.onError(device, error))
    })
    engine.on('reset', ({ reason }) => this.story.tell(`${name} finds that the server's history is another: ${reason}`))
    engine.on('error', (error) => this.#checks.onError(device, error))
    engine.on('status', (status) => this.#checks.onStatus(device, status))
  }

  #exchanged(device: SimulatedDevice, frame: Uint8Array, answer: Uint8Array | null): void {
    this.#tally.requests += 1
    this.story.note(`${device.name} ${frame.length} ${answer?.length ?? 'lost'}`)
    if (this.#options.tells !== true) return
    const request = decodeRequest(frame)
    const words = tellExchange(request, answer === null ? null : decodeAnswer(answer, request))
    if (words !== null) this.story.show(`${device.name} ${words}`)
  }

  // ---- a phase

  async #play({ users, faults, apps = [] }: Phase): Promise<void> {
    this.#isCalm = false
    this.#breakage.begin()
    this.#checks.begin()
    this.server.keepCopy()
    for (const { device } of this.inhabitants) device.keepState()
    const began = this.clock.monotonic()
    for (const step of [...users, ...faults, ...apps].sort((a, b) => a.at - b.at)) {
      const left = began + step.at - this.clock.monotonic()
      if (left > 0) await this.pass(left)
      if ('deed' in step) this.#does(step)
      else if ('asks' in step) this.inhabitants[step.device]?.app.does(step)
      else await this.#breakage.breaks(step)
    }
  }

  #does(step: UserStep): void {
    const found = this.inhabitants[step.device]
    if (found === undefined) return
    const paths = found.user.does(step)
    if (paths.length === 0) return
    this.#tally.did(step.deed)
    found.device.happened(paths)
    void this.clock.sleep(TOLD_MS).then(() => this.#checks.usedBefore(found.device))
  }

  // ---- rest

  /** All faults end, and everything gets the time it needs. */
  async #rest(isIdle: boolean): Promise<void> {
    this.#isCalm = true
    this.story.tell('all faults end')
    for (const { device } of this.inhabitants) device.active.clear()
    await this.pass(DOWN_MS + SERVER_DOWN_MS)
    if (this.server.remote === null) await this.#serverStarts()
    for (const { device } of this.inhabitants) if (!device.isUp) await this.#starts(device)
    await this.#checks.untilCalm()
    // What comes now is a look at everything that finds nothing: the same after whatever was done, and struck where nothing was.
    if (!isIdle) this.#moments.end()
    await this.#checks.untilRest()
    this.#moments.end()
  }
}
