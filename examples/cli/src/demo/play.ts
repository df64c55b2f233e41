/** What the scenes have in common: acting at the same time, waiting until all is at rest, counting what it took. */

import { type Check, none, type Scene } from './checks.js'
import type { Counts } from './device.js'
import type { Stage } from './stage.js'
import { differences, MODE_BITS } from './trees.js'
import { until } from './waiting.js'

export interface Play {
  readonly stage: Stage
  readonly signal: AbortSignal
  /** The scene that begins; then how far it is. */
  readonly begin: (title: string) => void
  readonly progress: (text: string) => void
  readonly done: (scene: Scene) => void
}

/** After the last byte of a change nothing more comes. */
const QUIET_MS = 300

export function countsOf(stage: Stage): readonly [Counts, Counts] {
  const [a, b] = stage.devices
  return [a.counts, b.counts]
}

/** Bytes on the wire, of content, and revisions; of both devices together where no device is named. */
export type Spent = Readonly<
  Record<'upA' | 'downA' | 'upB' | 'downB' | 'up' | 'down' | 'content' | 'revisions', number>
>

export function spentSince(stage: Stage, [wasA, wasB]: readonly [Counts, Counts]): Spent {
  const [a, b] = countsOf(stage)
  return {
    upA: a.up - wasA.up,
    downA: a.down - wasA.down,
    upB: b.up - wasB.up,
    downB: b.down - wasB.down,
    up: a.up - wasA.up + b.up - wasB.up,
    down: a.down - wasA.down + b.down - wasB.down,
    content: a.content - wasA.content + b.content - wasB.content,
    revisions: b.sequence - wasB.sequence,
  }
}

/** Nothing gets through while both are at it, so that neither can know of the other. */
export async function atTheSameTime({ stage, signal }: Play, act: () => Promise<void>): Promise<void> {
  const [a, b] = stage.devices
  for (const { relay } of stage.devices) relay.hold()
  await act()
  await until('both devices have something to say', () => a.relay.waiting > 0 && b.relay.waiting > 0, { signal })
  for (const { relay } of stage.devices) relay.release()
}

/** Both devices say that they are in step at the same sequence above `sequence`, the disk shows it, and the line is quiet. */
export async function settled(play: Play, sequence: number, isThere: () => Promise<boolean>): Promise<void> {
  const { stage, signal, progress } = play
  const [a, b] = stage.devices
  const onLook = (): void => {
    const broken = stage.devices.flatMap(({ failures }) => failures)
    if (broken.length > 0) throw new Error(broken.join('\n'))
    progress(`${megabytes(a.relay.passed.up)} from A, ${megabytes(b.relay.passed.down)} to B`)
  }
  const inStep = async (): Promise<boolean> =>
    a.isSyncedBeyond(sequence) &&
    b.isSyncedBeyond(sequence) &&
    a.counts.sequence === b.counts.sequence &&
    (await isThere())
  await until('both devices are in step', inStep, { signal, onLook })
  await quiet(play)
  await until('both devices are still in step', inStep, { signal, onLook })
}

export async function quiet({ stage, signal }: Play): Promise<void> {
  const last = (): number => Math.max(...stage.devices.map(({ relay }) => relay.lastAt))
  await until('the line is quiet', () => performance.now() - last() > QUIET_MS, { signal })
}

export async function same({ stage, signal }: Play): Promise<Check> {
  const [a, b] = stage.devices
  return none(
    'A and B are equal, byte for byte',
    await differences(a.folder, b.folder, { modes: MODE_BITS.all, signal }),
  )
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
