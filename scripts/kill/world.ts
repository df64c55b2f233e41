/**
 * One server and some watched folders on one workspace, each a program of its own, and what can be seen of them from outside.
 * Whatever starts here is ended here.
 */

import { type FSWatcher, existsSync, mkdirSync, watch } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Folder } from './hands.js'
import { type Line, Party } from './party.js'
import { type Phase, phaseOf } from './phase.js'
import { Relay } from './relay.js'

const ROOT = resolve(import.meta.dirname, '../..')
const CLI = join(ROOT, 'examples/cli/bin/tidemark.js')
const SERVER = join(ROOT, 'examples/express-server/bin/tidemark-server.js')
const PASSWORD = 'four quiet herons at dusk'
const STOP_MS = 10_000

/** Something that is open at a side at this very moment. */
export interface Sight {
  readonly side: Side
  readonly phase: Phase
  /** The server has all of the request that this is about. */
  readonly atServer: boolean
}

interface Status {
  readonly state: string
  readonly applied: number
  readonly pending: number
  readonly problems: readonly unknown[]
}

/** What a program did that it must never do. */
export class Violation extends Error {}

export class Side implements Folder {
  readonly name: string
  readonly root: string
  readonly home: string
  readonly relay: Relay
  party: Party | null = null
  status: Status | null = null
  #rooms: FSWatcher[] = []

  constructor(name: string, directory: string, relay: Relay) {
    this.name = name
    this.relay = relay
    this.root = join(directory, name)
    this.home = join(directory, `home-${name}`)
  }

  hear(line: Line): void {
    if (line.event === 'status') this.status = line as unknown as Status
  }

  /** Staged files come and go, old contents are hung up, directories are detached: all under `.tidemark`, by name. */
  watchRooms(tell: (phase: Phase) => void): void {
    if (this.#rooms.length > 0) return
    const room = (name: string, phaseAt: (path: string) => Phase): void => {
      const path = join(this.root, '.tidemark', name)
      this.#rooms.push(watch(path, (_, entry) => tell(phaseAt(join(path, String(entry))))))
    }
    room('staging', (path) => (existsSync(path) ? 'transfer down' : 'apply'))
    room('moving', () => 'apply')
    room('trash', () => 'apply')
  }

  closeRooms(): void {
    for (const room of this.#rooms) room.close()
  }
}

export class KillWorld {
  readonly directory: string
  readonly data: string
  readonly sides: readonly Side[]
  server: Party | null = null
  onSight: ((sight: Sight) => void) | null = null
  /** The first thing that went wrong by itself. */
  violation: Violation | null = null

  private constructor(directory: string, sides: readonly Side[]) {
    this.directory = directory
    this.data = join(directory, 'server')
    this.sides = sides
  }

  static async make(directory: string, names: readonly string[]): Promise<KillWorld> {
    const sides: Side[] = []
    const world = new KillWorld(directory, sides)
    for (const name of names) {
      const relay = await Relay.listen((type, stage) => {
        const phase = phaseOf(type)
        if (phase === null || (stage === 'answered' && phase !== 'transfer down')) return
        world.onSight?.({ side, phase, atServer: stage !== 'began' })
      })
      const side = new Side(name, directory, relay)
      sides.push(side)
    }
    return world
  }

  /** All of them up, logged in and linked. */
  async start(): Promise<void> {
    if (!(await this.startServer())) throw new Violation('the server did not start')
    for (const side of this.sides) {
      mkdirSync(side.root)
      const server = ['--server', side.relay.url]
      await this.#cli(side, ['register', 'ann', ...server, '--device', side.name, '--password-stdin'], PASSWORD)
      await this.#cli(side, ['link', side.root, 'notes'])
    }
    await Promise.all(this.sides.map((side) => this.startSide(side)))
  }

  /** Ready to be asked. False when it was killed before. */
  async startServer(): Promise<boolean> {
    const server = new Party({
      program: SERVER,
      args: ['--port', '0', '--data', this.data, '--json'],
      onLine: (line) => {
        if (line.event === 'ready') for (const { relay } of this.sides) relay.target = line['port'] as number
      },
    })
    this.server = server
    void server.ended.then(() => {
      if (this.server === server) for (const { relay } of this.sides) relay.target = null
    })
    this.#guard('the server', server)
    return server.ready
  }

  async startSide(side: Side): Promise<boolean> {
    side.status = null
    const party = new Party({
      program: CLI,
      args: ['watch', side.root, '--json'],
      env: { TIDEMARK_HOME: side.home },
      onLine: (line) => {
        if (side.party === party) side.hear(line)
      },
    })
    side.party = party
    this.#guard(side.name, party)
    const isReady = await party.ready
    if (isReady) side.watchRooms((phase) => this.onSight?.({ side, phase, atServer: false }))
    return isReady
  }

  /** In good order, clients first; then nothing of it runs any more. */
  async stop(): Promise<void> {
    for (const side of this.sides) side.closeRooms()
    const parties = this.sides.flatMap(({ party }) => (party === null ? [] : [party]))
    const ended = await Promise.all(parties.map((party) => party.stop(STOP_MS)))
    const late = ended.filter(({ signal }) => signal === 'SIGKILL').length
    const server = await this.server?.stop(STOP_MS)
    for (const { relay } of this.sides) await relay.close()
    if (late > 0 || server?.code !== 0) this.violation ??= new Violation('not all ended in good order when told to')
  }

  /** At once, in whatever state. */
  async abandon(): Promise<void> {
    for (const side of this.sides) side.closeRooms()
    const parties = [...this.sides.map(({ party }) => party), this.server].filter((party) => party !== null)
    for (const party of parties) party.kill()
    await Promise.all(parties.map((party) => party.ended))
    for (const { relay } of this.sides) await relay.close()
  }

  /** One command that ends by itself; its document. */
  async run(home: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly said: Line }> {
    let said: Line = {}
    const party = new Party({
      program: CLI,
      args: [...args, '--json'],
      env: { TIDEMARK_HOME: home },
      onLine: (line) => (said = line),
    })
    return { code: (await party.ended).code, said }
  }

  async #cli(side: Side, args: readonly string[], input?: string): Promise<void> {
    const party = new Party({ program: CLI, args, env: { TIDEMARK_HOME: side.home }, input })
    const { code, stderr } = await party.ended
    if (code !== 0) throw new Violation(`tidemark ${args.join(' ')}: ${stderr}`)
  }

  /** Whoever ends without being told to needs a person, and this is to do without. */
  #guard(name: string, party: Party): void {
    void party.ended.then(({ code, signal, stderr }) => {
      if (party.isTold) return
      this.violation ??= new Violation(
        `${name} ended by itself: ${code ?? signal}, ${JSON.stringify(party.last)} ${stderr}`,
      )
    })
  }
}
