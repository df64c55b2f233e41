/**
 * What this user keeps on this machine: the servers and their device tokens, in one file that only its owner can read.
 * Passwords are never kept.
 */

import { homedir, hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { TidemarkError } from 'tidemark'
import { readPrivate, writePrivate } from './private-file.js'

export interface Login {
  readonly server: string
  readonly user: string
  /** How this device is called on the server and in the names of conflict copies. */
  readonly device: string
  readonly token: string
}

export const DEFAULT_SERVER = 'http://127.0.0.1:4570/sync'

const FORMAT = 'tidemark logins'

export class Home {
  readonly path: string

  /** `$TIDEMARK_HOME`, else `tidemark` in the user's configuration directory. */
  constructor(env: NodeJS.ProcessEnv) {
    const config = env['XDG_CONFIG_HOME'] ?? ''
    const fallback = join(config === '' ? join(homedir(), '.config') : config, 'tidemark')
    const home = env['TIDEMARK_HOME'] ?? ''
    this.path = join(home === '' ? fallback : resolve(home), 'logins.json')
  }

  /** The last one first. */
  logins(): readonly Login[] {
    const found = readPrivate(this.path, FORMAT)?.['logins']
    return Array.isArray(found) ? found.filter(isLogin) : []
  }

  /** The login of a server, or the last one. @throws unauthorized */
  login(server: string | undefined): Login {
    const found = this.logins().find((login) => server === undefined || login.server === server)
    if (found !== undefined) return found
    throw new TidemarkError(
      'unauthorized',
      server === undefined ? 'nobody is logged in' : `nobody is logged in at ${server}`,
      {
        ...(server === undefined ? {} : { subject: server }),
        next: "Run 'tidemark login <name>', or 'tidemark register <name>' for a new account.",
      },
    )
  }

  save(login: Login): void {
    const others = this.logins().filter(({ server }) => server !== login.server)
    writePrivate(this.path, FORMAT, { logins: [login, ...others] })
  }

  /** Nobody is logged in at that server from now on. */
  forget(server: string): void {
    writePrivate(this.path, FORMAT, { logins: this.logins().filter((login) => login.server !== server) })
  }
}

/** The name of this machine, as far as it says one. */
export function machineName(): string {
  return hostname().split('.')[0] || 'device'
}

/** One server, one spelling. */
export function serverUrl(text: string): string {
  return text.replace(/\/+$/, '')
}

function isLogin(value: unknown): value is Login {
  if (typeof value !== 'object' || value === null) return false
  return ['server', 'user', 'device', 'token'].every((name) => typeof Reflect.get(value, name) === 'string')
}
