/** Breaks what a script or a sweep says is to break: processes, power, server, clocks; and lets it come back later. */

import type { VirtualClock } from '../shared/virtual-clock.js'
import type { Inhabitant } from './inhabitant.js'
import type { Oracle } from './oracle.js'
import type { PowerLoss } from './power-loss.js'
import type { Fault, FaultStep } from './script.js'
import type { SimulatedDevice } from './simulated-device.js'
import type { SimulatedServer } from './simulated-server.js'
import type { Story } from './story.js'
import type { Tally } from './tally.js'

export interface BreakageParts {
  readonly clock: VirtualClock
  readonly inhabitants: readonly Inhabitant[]
  readonly server: SimulatedServer
  readonly oracle: Oracle
  readonly story: Story
  readonly tally: Tally
  readonly onError: (device: SimulatedDevice, error: unknown) => void
  /** Time passes until it is done. */
  readonly settles: (promise: Promise<unknown>) => Promise<unknown>
}

/** A process that ended begins again within this time. */
export const DOWN_MS = 8_000
export const SERVER_DOWN_MS = 5_000
/** After a strike. */
const SOON_MS = 700
/** By then what was committed after the copy is known to others. */
const RESTORE_MS = 3_000
const HOUR = 3_600_000

export class Breakage {
  /** Of this phase: a server or a state went back in time. */
  wentBack = false
  /** Of this phase: devices whose power failed. */
  readonly powerless = new Set<string>()
  readonly #parts: BreakageParts

  constructor(parts: BreakageParts) {
    this.#parts = parts
  }

  begin(): void {
    this.wentBack = false
    this.powerless.clear()
  }

  async breaks(step: FaultStep): Promise<void> {
    const { clock, inhabitants, story, tally } = this.#parts
    const { fault, device: number, lasts, pick } = step
    const device = number === null ? null : (inhabitants[number]?.device ?? null)
    story.tell(`${device?.name ?? 'server'}: ${fault}${lasts === 0 ? '' : ` for ${lasts} ms`}`)
    if (device === null) return this.#serverBreaks(fault, pick)
    switch (fault) {
      case 'kill':
      case 'power-loss':
      case 'stop':
      case 'state-lost':
      case 'state-old':
        return this.#ends(device, fault, pick)
      case 'clock-jump':
        tally.strikes(fault)
        device.skew += (pick - 32_768) * HOUR
        return
      default:
        device.active.add(fault)
        if (fault === 'partition') device.breakChannels()
        void clock.sleep(lasts).then(() => device.active.delete(fault))
    }
  }

  /** In the midst of one of its calls. */
  strikes(device: SimulatedDevice, how: 'kill' | PowerLoss): void {
    const { story, tally } = this.#parts
    story.tell(`${device.name}: struck, ${how === 'kill' ? how : `power loss (${how.content}, names ${how.names})`}`)
    tally.restarts += 1
    if (how === 'kill') device.kill()
    else this.#powerFails(device, how)
    this.#comesBackIn(device, SOON_MS)
  }

  /** The same of the server. */
  strikesServer(how: 'kill' | PowerLoss): void {
    this.#parts.story.tell(`server: struck, ${how === 'kill' ? how : 'power loss'}`)
    this.#serverDies(how === 'kill' ? null : how, SOON_MS)
  }

  /** The server as it is in this moment: it is that again in a while. */
  strikesRestore(withNewEpoch: boolean): void {
    const { clock, server, story } = this.#parts
    const copy = server.snapshot()
    story.tell('server: a copy is made')
    void clock.sleep(RESTORE_MS).then(async () => {
      if (!(await server.goBack(withNewEpoch, copy))) return
      this.wentBack = true
      story.tell(`server: struck, as it was${withNewEpoch ? ', under a new epoch' : ''}`)
      this.#serverDies(null, SOON_MS)
    })
  }

  async #ends(device: SimulatedDevice, fault: Fault, pick: number): Promise<void> {
    const { tally, settles } = this.#parts
    if (!device.isUp) return
    tally.strikes(fault)
    tally.restarts += 1
    if (fault === 'stop') await settles(device.stop())
    else if (fault === 'kill') device.kill()
    else if (fault === 'power-loss') this.#powerFails(device, { content: 'mixed', names: 'mixed' })
    else {
      this.wentBack = true
      if (fault === 'state-lost') device.loseState()
      else if (!device.bringBackState()) device.kill()
    }
    this.#comesBackIn(device, pick % DOWN_MS)
  }

  #comesBackIn(device: SimulatedDevice, ms: number): void {
    void this.#parts.clock.sleep(ms).then(() => this.#comesBack(device))
  }

  #comesBack(device: SimulatedDevice): void {
    if (device.isUp) return
    this.#parts.story.tell(`${device.name} starts again`)
    device.start().catch((error: unknown) => {
      this.#parts.onError(device, error)
      device.kill()
    })
  }

  #powerFails(device: SimulatedDevice, how: PowerLoss): void {
    const { inhabitants, oracle } = this.#parts
    device.losePower(how)
    this.powerless.add(device.name)
    oracle.powerFailed(device.name)
    // What another device has was safe before the power failed.
    const safe = new Set(inhabitants.flatMap(({ user }) => user.entries('file').map((path) => user.read(path))))
    for (const content of oracle.by(device.name)) if (!safe.has(content)) oracle.mayBeLost(content)
  }

  async #serverBreaks(fault: Fault, pick: number): Promise<void> {
    const { server, story, tally } = this.#parts
    tally.strikes(fault)
    if (fault === 'server-collect') {
      server.keepCopy()
      server.collect().catch((error: unknown) => story.tell(`collection ended: ${String(error)}`))
      return
    }
    if (server.remote === null) return
    if (fault === 'server-restore') await this.#goesBack(pick % 2 === 0)
    this.#serverDies(fault === 'server-power-loss' ? { content: 'mixed', names: 'mixed' } : null, pick % SERVER_DOWN_MS)
  }

  #serverDies(how: PowerLoss | null, downMs: number): void {
    const { clock, inhabitants, server } = this.#parts
    server.kill(how)
    for (const { device } of inhabitants) device.breakChannels()
    void clock.sleep(downMs).then(() => server.start())
  }

  async #goesBack(withNewEpoch: boolean): Promise<void> {
    if (!(await this.#parts.server.goBack(withNewEpoch))) return
    this.wentBack = true
    this.#parts.story.tell(`the server stands where it stood before${withNewEpoch ? ', under a new epoch' : ''}`)
  }
}
