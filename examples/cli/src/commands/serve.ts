/** `tidemark serve`: the example server, in this process. */

import { resolve } from 'node:path'
import { startServer } from '@tidemark/express-server'
import type { QuotaOptions } from 'tidemark/server'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { ended } from '../interrupt.js'

export interface ServeOptions {
  readonly data: string
  readonly port: number
  readonly host: string
  readonly closed?: boolean
  readonly trustProxy: number
  readonly allowInsecure?: boolean
  readonly page?: string
  readonly origin?: readonly string[]
  readonly retentionDays: number
  readonly quotaMib?: number
  readonly quotaNodes?: number
}

const MEBIBYTE = 1024 * 1024

export async function serve(options: ServeOptions, { output, signal }: Context): Promise<ExitCode> {
  const { data, host, port, trustProxy, allowInsecure = false, page, origin: origins } = options
  const registration = options.closed === true ? 'closed' : 'open'
  const rules = { quota: quotaOf(options), maintenance: { retentionDays: options.retentionDays } }
  // Not a flag: every user of the machine may read those.
  const metricsToken = process.env['TIDEMARK_METRICS_TOKEN']
  const address = { host, port, trustProxy, allowInsecure }
  const door = { ...address, page, origins, metricsToken }
  const server = await startServer({ directory: resolve(data), registration, ...door, ...rules })
  const { url, directory } = server
  const pageUrl = page === undefined ? null : new URL('/', url).href
  const shown = pageUrl === null ? {} : { page: pageUrl }
  output.event('ready', { url, directory, port: server.port, pid: process.pid, registration, ...shown })
  output.line(
    `Serving ${url}\n${pageUrl === null ? '' : `  page at ${pageUrl}\n`}  data in ${directory}, Ctrl-C stops it`,
  )
  const ending = await ended(signal)
  await server.close()
  output.event('stopped', { url })
  return ending === 'SIGINT' ? EXIT.interrupted : EXIT.done
}

function quotaOf({ quotaMib, quotaNodes }: ServeOptions): QuotaOptions {
  return {
    ...(quotaMib === undefined ? {} : { userBytes: quotaMib * MEBIBYTE }),
    ...(quotaNodes === undefined ? {} : { userNodes: quotaNodes }),
  }
}
