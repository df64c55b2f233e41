/** `tidemark devices` and `tidemark revoke`: who is logged in to the account, and putting an end to it. */

import { TidemarkError } from 'tidemark'
import { type AccountClient, accountClient, type ListedDevice } from 'tidemark/node'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { type Login, serverUrl } from '../home.js'

export interface DevicesOptions {
  readonly server?: string
}

export async function devices(options: DevicesOptions, context: Context): Promise<ExitCode> {
  const { output } = context
  return atServer(options, context, async (client, { server, user, token }, signal) => {
    const listed = await client.devices(token, { signal })
    for (const { device, label, seenAt, current } of listed) {
      const day = new Date(seenAt).toISOString().slice(0, 10)
      output.line(`${device}  ${label}, seen ${day}${current ? ' (this device)' : ''}`)
    }
    return output.result(EXIT.done, { server, user, devices: listed })
  })
}

/** `named`: an id, or a label that one device alone has. */
export async function revoke(named: string, options: DevicesOptions, context: Context): Promise<ExitCode> {
  const { output, home } = context
  return atServer(options, context, async (client, { server, user, token }, signal) => {
    const { device, label, current } = only(await client.devices(token, { signal }), named)
    await client.revoke(token, device, { signal })
    if (current) home.forget(server)
    output.line(`'${label}' is logged out${current ? ': it is this device' : '; its files stay where they are'}`)
    return output.result(EXIT.done, { server, user, device, label, current })
  })
}

async function atServer(
  options: DevicesOptions,
  { home, signal }: Context,
  run: (client: AccountClient, login: Login, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const login = home.login(options.server === undefined ? undefined : serverUrl(options.server))
  const client = accountClient({ url: login.server })
  try {
    return await run(client, login, signal)
  } finally {
    await client.close()
  }
}

function only(listed: readonly ListedDevice[], named: string): ListedDevice {
  const found = listed.filter(({ device, label }) => device === named || label === named)
  const [device] = found
  if (device !== undefined && found.length === 1) return device
  if (device === undefined) {
    const next = "Run 'tidemark devices' for those there are."
    throw new TidemarkError('not-found', `the account has no device '${named}'`, { subject: named, next })
  }
  const ids = found.map((each) => each.device).join(', ')
  const next = `Give one of their ids: ${ids}.`
  throw new TidemarkError('invalid-option', `${found.length} devices are called '${named}'`, { subject: named, next })
}
