/**
 * `npm run compare:disks [-- --sequences <n> --seed <n> --on here --on tmpfs --on ext4 --require-mounts]`: the same seeded
 * calls on the disk of this machine and on the simulated one, in a fresh directory and on small file systems mounted for
 * it (root only), which are filled, too. Exit 1 on any difference, and when an error code was never met.
 */

import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nodeDisk } from '../adapters/node/node-disk.js'
import { type Filled, fill } from './disks/fill.js'
import { MOUNT_BYTES, type MountKind, withMount } from './disks/mounts.js'
import { type Compared, compareSequences, simulated, WANTED_CODES } from './disks/sides.js'

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    on: { type: 'string', multiple: true, default: ['here', 'tmpfs'] },
    'require-mounts': { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const sequences = Number(values.sequences)
/** Sequences on a mounted file system, and how often it is filled. */
const ON_MOUNT = Math.min(500, sequences)
const FILLS = { tmpfs: 20, ext4: 3 } as const

function report(where: string, { sequences, calls, codes, differences }: Compared): boolean {
  const counts = [...codes].sort().map(([code, count]) => `${code} ${count}`)
  const missed = WANTED_CODES.filter((code) => !codes.has(code))
  console.log(`${where}: ${sequences} sequences, ${calls} calls, ${differences.length} differences`)
  console.log(`  ${counts.join(', ')}`)
  for (const found of differences.slice(0, 10)) console.log(`  ${found}`)
  for (const code of missed) console.log(`  ${code} was never met`)
  return differences.length === 0 && missed.length === 0
}

function sum(kind: MountKind, name: string, filled: readonly Filled[]): boolean {
  const refused = new Map<string, number>()
  for (const one of filled) for (const [key, count] of one.refused) refused.set(key, (refused.get(key) ?? 0) + count)
  const faults = filled.flatMap((one) => one.faults)
  const calls = filled.reduce((total, one) => total + one.calls, 0)
  const partial = filled.reduce((total, one) => total + one.partial, 0)
  const counts = [...refused].sort().map(([key, count]) => `${key} ${count}`)
  console.log(
    `${kind} filled ${filled.length} times, ${name}: ${calls} calls, ${partial} writes cut short, ${faults.length} faults`,
  )
  console.log(`  ${counts.join(', ')}`)
  for (const fault of faults.slice(0, 10)) console.log(`  ${fault}`)
  return faults.length === 0 && (refused.get('write ENOSPC') ?? 0) > 0 && partial > 0
}

async function fillBoth(kind: MountKind, directory: string): Promise<boolean> {
  const real: Filled[] = []
  const made: Filled[] = []
  for (let round = 0; round < FILLS[kind]; round++) {
    const root = join(directory, 'full')
    mkdirSync(root)
    real.push(await fill(nodeDisk(), root, MOUNT_BYTES[kind], seed + round))
    rmSync(root, { recursive: true })
    const disk = simulated({ capacityBytes: MOUNT_BYTES[kind] })
    disk.user.mkdir('/full')
    made.push(await fill(disk, '/full', MOUNT_BYTES[kind], seed + round))
  }
  const whole = [sum(kind, 'the disk of this machine', real), sum(kind, 'the simulated one', made)]
  return whole.every(Boolean)
}

async function onMount(kind: MountKind): Promise<boolean> {
  const whole = await withMount(kind, async (directory) => {
    const same = report(kind, await compareSequences(directory, seed, ON_MOUNT))
    return (await fillBoth(kind, directory)) && same
  })
  if (typeof whole === 'boolean') return whole
  console.log(`not compared: ${whole}`)
  return !values['require-mounts']
}

async function main(): Promise<boolean> {
  const wholes: boolean[] = []
  for (const place of values.on) {
    if (place === 'here') wholes.push(report('here', await compareSequences(tmpdir(), seed, sequences)))
    else if (place === 'tmpfs' || place === 'ext4') wholes.push(await onMount(place))
    else throw new Error(`--on ${place}: use here, tmpfs or ext4`)
  }
  return wholes.every(Boolean)
}

process.exitCode = (await main()) ? 0 : 1
