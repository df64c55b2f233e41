/** `tidemark register` and `tidemark login`: an account, and a token for this device. */

import { NEXT_STEPS, TidemarkError } from 'tidemark'
import { accountClient } from 'tidemark/node'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { DEFAULT_SERVER, machineName, serverUrl } from '../home.js'
import { readPassword } from '../password.js'

export interface AccountOptions {
  readonly server?: string
  readonly device?: string
  readonly passwordStdin?: boolean
}

export async function account(
  how: 'register' | 'login',
  name: string,
  options: AccountOptions,
  context: Context,
): Promise<ExitCode> {
  const { output, home, signal } = context
  const server = serverUrl(
    options.server ?? process.env['TIDEMARK_SERVER'] ?? home.logins()[0]?.server ?? DEFAULT_SERVER,
  )
  const device = options.device ?? machineName()
  const client = accountClient({ url: server })
  try {
    const password = await readPassword({ fromStdin: options.passwordStdin === true, isNew: how === 'register' })
    const { token } = await client[how]({ name, password, device }, { signal })
    home.save({ server, user: name, device, token })
  } catch (error) {
    throw told(error, server)
  } finally {
    await client.close()
  }
  output.line(
    `${how === 'register' ? 'Registered' : 'Logged in'} as ${name} at ${server}\n  this device is '${device}'; next: tidemark link <folder> <workspace>`,
  )
  return output.result(EXIT.done, { server, user: name, device })
}

function told(error: unknown, server: string): unknown {
  if (!(error instanceof TidemarkError)) return error
  if (error.code === 'offline') {
    const next = `Start it ('tidemark serve'), or pass another address with --server.`
    return new TidemarkError('offline', `${error.message} at ${server}`, { subject: server, next, cause: error })
  }
  if (error.code === 'unauthorized' && error.next === NEXT_STEPS.unauthorized) {
    return new TidemarkError('unauthorized', error.message, { next: 'Check the name and the password.', cause: error })
  }
  return error
}
