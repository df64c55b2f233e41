/**
 * Programs are killed with SIGKILL while a user works, each at a moment that is waited for: the seed says whom and in which
 * phase. After so many kills everything comes to rest and is checked. Restarts are the same command again, and nothing else.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SeededRandom, seededRandom } from '../../adapters/shared/seeded-random.js'
import { Hands } from './hands.js'
import { Ledger } from './ledger.js'
import { clientPhase, type Phase, serverPhase } from './phase.js'
import { rest, type RestFindings } from './rest.js'
import { KillWorld, type Side, type Sight, Violation } from './world.js'

export interface KillOptions {
  readonly clients: number
  readonly servers: number
  readonly seed: number
  /** Kills between two rests. */
  readonly restEvery: number
  readonly signal: AbortSignal
  readonly onKill?: (kill: Kill, done: number) => void
  readonly onRest?: (found: RestFindings, done: number) => void
}

export type Victim = 'client' | 'server'

export interface Kill {
  readonly victim: Victim
  /** Side, or `server`. */
  readonly name: string
  readonly aim: Aim
  readonly phase: Phase
}

/** `start`: soon after the program was started, before it is ready. */
export type Aim = Exclude<Phase, 'idle'> | 'start'

export interface KillFigures {
  readonly kills: readonly Kill[]
  readonly rests: number
  readonly written: number
  readonly lost: readonly string[]
  readonly stray: readonly string[]
  readonly mixed: readonly string[]
  /** What `tidemark verify` counted in the data of the server after its clean stop. */
  readonly verifyProblems: number | null
  /** A program that ended by itself, or never came to rest: what it said. */
  readonly broken: string | null
  readonly seconds: number
}

const AIMS: Readonly<Record<Victim, readonly Aim[]>> = {
  client: [
    'apply',
    'apply',
    'apply',
    'commit',
    'transfer up',
    'transfer up',
    'transfer down',
    'transfer down',
    'start',
  ],
  server: ['commit', 'transfer up', 'transfer down'],
}
/** So long the phase that is aimed at is waited for, then any open one, then none. */
const AIMED_MS = 700
const OPEN_MS = 4_000
const LATEST_MS = 12
const LATEST_START_MS = 450
const STEP_MS = 30
/** A user who deletes for long without a rest would be asked whether he means it. */
const STEPS_PER_KILL = 10
const FIRST_FILES = 80
const MOST_FILES = 110

export async function killLoop(options: KillOptions): Promise<KillFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-kill-'))
  const world = await KillWorld.make(directory, ['A', 'B', 'C'])
  const loop = new KillLoop(world, options)
  try {
    return await loop.run()
  } finally {
    await world.abandon()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

class KillLoop {
  readonly #world: KillWorld
  readonly #options: KillOptions
  readonly #random: SeededRandom
  readonly #ledger = new Ledger()
  readonly #hands: Hands
  readonly #kills: Kill[] = []
  readonly #found = { lost: [] as string[], stray: [] as string[], mixed: [] as string[] }
  readonly #aborted: Promise<void>
  #rests = 0

  constructor(world: KillWorld, options: KillOptions) {
    this.#world = world
    this.#options = options
    this.#random = seededRandom(options.seed)
    this.#aborted = new Promise((done) => options.signal.addEventListener('abort', () => done(), { once: true }))
    this.#hands = new Hands({
      random: seededRandom(options.seed + 1),
      ledger: this.#ledger,
      folders: world.sides,
      mostFiles: MOST_FILES,
    })
  }

  async run(): Promise<KillFigures> {
    const start = performance.now()
    let broken: string | null = null
    let verifyProblems: number | null = null
    try {
      await this.#world.start()
      await this.#round()
      await this.#world.stop()
      if (this.#world.violation !== null) throw this.#world.violation
      verifyProblems = await this.#verify()
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      broken = error.message
    }
    const seconds = (performance.now() - start) / 1000
    const [kills, rests, written] = [this.#kills, this.#rests, this.#ledger.written]
    return { kills, rests, written, ...this.#found, verifyProblems, broken, seconds }
  }

  async #round(): Promise<void> {
    const victims = shuffled(this.#options, this.#random)
    while (this.#hands.steps < FIRST_FILES) this.#hands.create()
    await this.#rest()
    for (let at = 0; at < victims.length; at += this.#options.restEvery) {
      const work = this.#work()
      try {
        for (const victim of victims.slice(at, at + this.#options.restEvery)) await this.#kill(victim)
      } finally {
        work.end()
      }
      await this.#rest()
      if (this.#found.lost.length + this.#found.mixed.length > 0) return
    }
  }

  /** The user, step after step, until he is told to end. */
  #work(): { readonly end: () => void } {
    const timer = setInterval(() => {
      if (this.#hands.steps > FIRST_FILES + STEPS_PER_KILL * (this.#kills.length + 1)) return
      try {
        this.#hands.step()
      } catch (error) {
        this.#world.violation ??= new Violation(`the user could not go on: ${String(error)}`)
      }
    }, STEP_MS)
    return { end: () => clearInterval(timer) }
  }

  async #kill(victim: Victim): Promise<void> {
    const aims = AIMS[victim]
    const aim = aims[this.#random.below(aims.length)] ?? 'commit'
    const delay = this.#random.below(2) * this.#random.below(LATEST_MS)
    const kill = victim === 'server' ? await this.#killServer(aim, delay) : await this.#killClient(aim, delay)
    this.#kills.push(kill)
    this.#options.onKill?.(kill, this.#kills.length)
    this.#check()
  }

  async #killClient(aim: Aim, delay: number): Promise<Kill> {
    const isUp = ({ side: { party } }: Sight): boolean => party?.isReady === true && party.isAlive
    const side = (aim === 'start' ? await this.#starting() : null) ?? (await this.#moment(aim, delay, isUp))
    const { open } = side.relay
    side.party?.kill()
    await side.party?.ended
    const phase = clientPhase(side.root, open)
    void this.#world.startSide(side)
    return { victim: 'client', name: side.name, aim, phase }
  }

  /** One that has just been started, while it looks at what the kill before left behind; null when there is none. */
  async #starting(): Promise<Side | null> {
    const side = this.#world.sides.find(({ party }) => party?.isReady === false && party.isAlive)
    if (side?.party == null) return null
    await this.#pause(this.#random.below(LATEST_START_MS), side.party.ready)
    return side
  }

  async #killServer(aim: Aim, delay: number): Promise<Kill> {
    const { server } = this.#world
    await this.#orAbort(server?.ready)
    await this.#moment(aim, delay, ({ atServer }) => atServer)
    const open = this.#world.sides.flatMap(({ relay }) => relay.open)
    server?.kill()
    await server?.ended
    void this.#world.startServer()
    return { victim: 'server', name: 'server', aim, phase: serverPhase(open) }
  }

  /** Waits for the moment, and returns whose it is. The caller kills before anything else happens. */
  async #moment(aim: Aim, delay: number, fits: (sight: Sight) => boolean): Promise<Side> {
    const start = performance.now()
    const phase = aim === 'start' ? 'apply' : aim
    return new Promise((found, failed) => {
      const end = (): void => {
        this.#world.onSight = null
        clearInterval(timer)
      }
      const timer = setInterval(() => {
        const broken = this.#broken()
        if (broken === null && performance.now() < start + OPEN_MS) return
        const alive = this.#world.sides.filter(({ party }) => party?.isReady === true && party.isAlive)
        const side = alive[this.#random.below(Math.max(1, alive.length))]
        if (broken === null && side === undefined) return
        end()
        if (broken !== null) failed(broken)
        else if (side !== undefined) found(side)
      }, 20)
      this.#world.onSight = (sight) => {
        if (!fits(sight) || (sight.phase !== phase && performance.now() < start + AIMED_MS)) return
        end()
        if (delay === 0) found(sight.side)
        else setTimeout(() => found(sight.side), delay)
      }
    })
  }

  async #rest(): Promise<void> {
    const found = await rest(this.#world, this.#ledger, this.#options.signal)
    this.#rests += 1
    for (const kind of ['lost', 'stray', 'mixed'] as const)
      this.#found[kind].push(...found[kind].filter((line) => !this.#found[kind].includes(line)))
    this.#options.onRest?.(found, this.#kills.length)
  }

  async #verify(): Promise<number> {
    const { code, said } = await this.#world.run(this.#world.directory, ['verify', '--data', this.#world.data])
    if (typeof said['problems'] === 'number') return said['problems']
    throw new Violation(`tidemark verify ended with ${code}: ${JSON.stringify(said)}`)
  }

  #pause(ms: number, orUntil: Promise<unknown>): Promise<unknown> {
    return Promise.race([orUntil, new Promise((done) => setTimeout(done, ms))])
  }

  async #orAbort(ready: Promise<boolean> | undefined): Promise<void> {
    await Promise.race([ready, this.#aborted])
    this.#check()
  }

  #broken(): Error | null {
    return this.#options.signal.aborted ? new Error('told to end') : this.#world.violation
  }

  #check(): void {
    const broken = this.#broken()
    if (broken !== null) throw broken
  }
}

/** Clients and servers in an order of the seed. */
function shuffled({ clients, servers }: KillOptions, random: SeededRandom): readonly Victim[] {
  const victims: Victim[] = []
  for (let left = clients + servers, ofServer = servers; left > 0; left--) {
    const isServer = random.below(left) < ofServer
    if (isServer) ofServer -= 1
    victims.push(isServer ? 'server' : 'client')
  }
  return victims
}
