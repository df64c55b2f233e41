/**
 * One device of a bench, in a process of its own: an engine over the built package of a checkout, which its parent directs.
 * Arguments: checkout, url of the server, folder, name of the device, password, 'join' or 'register'.
 */

import { resolve } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type * as core from 'tidemark'
import type * as node from 'tidemark/node'
import type { DeviceCommand, DeviceMessage, Gauges } from './device-messages.js'
import { processGauges } from './process-gauges.js'

const [checkout = '', url = '', folder = '', device = '', password = '', how = ''] = process.argv.slice(2)
const load = async <T>(entry: string): Promise<T> => (await import(resolve(checkout, 'dist', entry))) as T
const { SyncEngine } = await load<typeof core>('index.js')
const { accountClient, httpTransport, nodeFolder } = await load<typeof node>('node.js')

const account = { name: 'bench', password, device }
const client = accountClient({ url })
const { token } = how === 'register' ? await client.register(account) : await client.login(account)
const transport = httpTransport({ url, workspace: 'bench', token })
const engine = new SyncEngine({ ...nodeFolder(folder), transport, deviceName: device })
const delays = monitorEventLoopDelay({ resolution: 1 })

/** Milliseconds of the machine's monotonic clock, which all processes share. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6
const tell = (message: DeviceMessage): void => {
  if (process.connected) process.send?.(message)
}
process.once('disconnect', () => process.exit())

engine.on('status', ({ state, applied, pending, problems }) =>
  tell({ type: 'status', at: now(), state, applied, pending, problems: problems.map(({ message }) => message) }),
)

async function carryOut(command: DeviceCommand): Promise<unknown> {
  if (command === 'start') return engine.start()
  if (command === 'exit') process.exit()
  if (command === 'sync') {
    const began = now()
    const { requests, bytesUp, bytesDown } = await engine.sync()
    return { wallMs: now() - began, requests, bytesUp, bytesDown }
  }
  if (command === 'watch-delays') return void (delays.reset(), delays.enable())
  const gauges: Gauges = { ...processGauges(), delayP99Ms: delays.percentile(99) / 1e6, delayMaxMs: delays.max / 1e6 }
  return gauges
}

process.on('message', ({ id, command }: { id: number; command: DeviceCommand }) => {
  carryOut(command).then(
    (value: unknown) => tell({ type: 'reply', id, value }),
    (error: unknown) => tell({ type: 'failed', id, message: String(error) }),
  )
})
tell({ type: 'up' })
