/** Flags and environment of the program; flags win. Unknown ones are refused. */

import { parseArgs } from 'node:util'
import { TidemarkError } from 'tidemark'
import type { LogEvent } from 'tidemark'
import type { MaintenanceOptions, QuotaOptions } from 'tidemark/server'

export interface ServerArguments {
  readonly help: boolean
  readonly json: boolean
  readonly host: string
  readonly port: number
  readonly data: string
  readonly log: LogEvent['level']
  readonly trustProxy: number
  readonly allowInsecure: boolean
  readonly registration: 'open' | 'closed'
  readonly origins: readonly string[]
  readonly page: string | undefined
  readonly metricsToken: string | undefined
  readonly quota: QuotaOptions
  readonly maintenance: MaintenanceOptions
}

export const HELP = `tidemark-server: keeps the synced files of its users

  --data <directory>   where everything is kept       TIDEMARK_DATA           ./tidemark-data
  --port <number>      0 takes any free one           TIDEMARK_PORT           4570
  --host <address>     who can reach it               TIDEMARK_HOST           127.0.0.1
  --closed             takes no registrations         TIDEMARK_CLOSED=1
  --trust-proxy <n>    TLS proxies in front           TIDEMARK_TRUST_PROXY    0
  --allow-insecure     other machines without TLS
  --page <directory>   a built page, served at /      TIDEMARK_PAGE           none
  --origin <origin>    lets pages in; may be repeated TIDEMARK_ORIGINS=a,b    none
  --retention-days <n> how long history is kept       TIDEMARK_RETENTION_DAYS 30
  --quota-mib <n>      stored content of one user     TIDEMARK_QUOTA_MIB      none
  --quota-nodes <n>    files and directories of one   TIDEMARK_QUOTA_NODES    none
                       /metrics asks for this token   TIDEMARK_METRICS_TOKEN  no such route
  --log <level>        debug, info, warn or error     TIDEMARK_LOG            warn
  --json               one JSON document per line
  --help

It prints its url when it is ready, and ends in good order on SIGINT and SIGTERM.
Exit codes: 0 stopped by SIGTERM, 1 failed, 2 usage, 130 interrupted.
`

const MEBIBYTE = 1_048_576
const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** @throws invalid-option, unknown-option */
export function serverArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServerArguments {
  const flags = parseFlags(args)
  return {
    help: flags.help === true,
    json: flags.json === true,
    host: flags.host ?? env['TIDEMARK_HOST'] ?? '127.0.0.1',
    port: whole('port', flags.port ?? env['TIDEMARK_PORT'] ?? '4570', 65_535),
    data: flags.data ?? env['TIDEMARK_DATA'] ?? 'tidemark-data',
    log: level(flags.log ?? env['TIDEMARK_LOG'] ?? 'warn'),
    trustProxy: whole('trust-proxy', flags['trust-proxy'] ?? env['TIDEMARK_TRUST_PROXY'] ?? '0', 16),
    allowInsecure: flags['allow-insecure'] === true,
    registration: flags.closed === true || env['TIDEMARK_CLOSED'] === '1' ? 'closed' : 'open',
    origins: flags.origin ?? listed(env['TIDEMARK_ORIGINS'] ?? ''),
    page: flags.page ?? env['TIDEMARK_PAGE'],
    // not a flag: every user of the machine may read those
    metricsToken: env['TIDEMARK_METRICS_TOKEN'],
    quota: quotaOf(flags, env),
    maintenance: {
      retentionDays: whole('retention-days', flags['retention-days'] ?? env['TIDEMARK_RETENTION_DAYS'] ?? '30', 36_500),
    },
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        json: { type: 'boolean' },
        host: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        log: { type: 'string' },
        closed: { type: 'boolean' },
        page: { type: 'string' },
        origin: { type: 'string', multiple: true },
        'trust-proxy': { type: 'string' },
        'allow-insecure': { type: 'boolean' },
        'retention-days': { type: 'string' },
        'quota-mib': { type: 'string' },
        'quota-nodes': { type: 'string' },
      },
    }).values
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'the arguments cannot be read'
    throw new TidemarkError('unknown-option', message, { next: 'See --help.', cause })
  }
}

function quotaOf(
  flags: { readonly 'quota-mib'?: string | undefined; readonly 'quota-nodes'?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): QuotaOptions {
  const mebibytes = flags['quota-mib'] ?? env['TIDEMARK_QUOTA_MIB']
  const nodes = flags['quota-nodes'] ?? env['TIDEMARK_QUOTA_NODES']
  return {
    ...(mebibytes === undefined ? {} : { userBytes: whole('quota-mib', mebibytes, 999_999_999) * MEBIBYTE }),
    ...(nodes === undefined ? {} : { userNodes: whole('quota-nodes', nodes, 999_999_999) }),
  }
}

function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function whole(option: string, text: string, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value <= most) return value
  throw new TidemarkError('invalid-option', `--${option} is a whole number up to ${most}`, {
    subject: option,
    next: 'See --help.',
  })
}

function level(text: string): LogEvent['level'] {
  const found = LEVELS.find((known) => known === text)
  if (found !== undefined) return found
  throw new TidemarkError('invalid-option', `--log is one of ${LEVELS.join(', ')}`, {
    subject: 'log',
    next: 'See --help.',
  })
}
