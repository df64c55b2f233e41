/**
 * What is done to a server's data directory from outside: garbage collection, verification, backup and restore. All but
 * `backup` need the directory for themselves: while a server has it open they are refused by name.
 */

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { TidemarkError } from 'tidemark'
import { systemClock, systemRandom, wasmHasher } from 'tidemark/node'
import { remoteStore, type RemoteStore } from 'tidemark/server'
import { backupDirectory, embeddedStores, restoreDirectory, type BackupReport } from 'tidemark/sqlite'
import { amount, count } from '../amount.js'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'

export interface DataOptions {
  readonly data: string
}

export interface GcOptions extends DataOptions {
  readonly dryRun?: boolean
  readonly retentionDays: number
}

async function withData<T>(
  data: string,
  retentionDays: number | null,
  run: (remote: RemoteStore) => Promise<T>,
): Promise<T> {
  const directory = resolve(data)
  // Opening would make an empty one.
  if (!existsSync(join(directory, 'metadata.sqlite'))) {
    throw new TidemarkError('not-found', `There is no server data in ${directory}.`, {
      subject: directory,
      next: 'Name the directory of the server: --data <directory>.',
    })
  }
  const remote = remoteStore({
    ...embeddedStores({ directory }),
    hasher: await wasmHasher(),
    clock: systemClock(),
    random: systemRandom(),
    // never by itself: these are the rules for the one round that is asked for
    maintenance: { retentionDays, intervalMinutes: null },
  })
  await remote.open()
  try {
    return await run(remote)
  } finally {
    await remote.close()
  }
}

export async function gc(options: GcOptions, { output, signal }: Context): Promise<ExitCode> {
  const { data, retentionDays, dryRun = false } = options
  const workspaces = await withData(data, retentionDays, (remote) => remote.maintain({ dryRun, signal }))
  for (const { owner, name, collected, failure } of workspaces) {
    if (collected === null) {
      output.line(`${output.paint.yellow('!')} ${owner}/${name}: ${failure?.message ?? 'failed'}`)
      continue
    }
    const { unnamed, condemned, removed, stored } = collected
    const given = stored === null ? '' : `; ${amount(stored.before - stored.after)} given back`
    const would = dryRun ? 'would be ' : ''
    output.line(
      `${owner}/${name}: ${count(unnamed.chunks, 'chunk')} (${amount(unnamed.bytes)}) named by nothing, ` +
        `${condemned} ${would}condemned, ${removed.chunks} (${amount(removed.bytes)}) ${would}removed${given}`,
    )
  }
  const failed = workspaces.filter(({ failure }) => failure !== null).length
  return output.result(failed > 0 ? EXIT.remains : EXIT.done, { dryRun, workspaces })
}

export async function verify({ data }: DataOptions, { output, signal }: Context): Promise<ExitCode> {
  const workspaces = await withData(data, null, (remote) => remote.verify({ signal }))
  let problems = 0
  for (const found of workspaces) {
    problems += found.problemCount
    const mark = found.problemCount === 0 ? output.paint.green('✔') : output.paint.yellow('!')
    const seen = `${count(found.nodes, 'node')}, ${count(found.revisions, 'revision')}, ${count(found.chunks, 'chunk')} (${amount(found.bytes)})`
    output.line(`${mark} ${found.owner}/${found.name}: ${seen}, ${count(found.problemCount, 'problem')}`)
    for (const { kind, subject } of found.problems) output.line(`  ${kind} ${subject}`)
  }
  return output.result(problems > 0 ? EXIT.remains : EXIT.done, { problems, workspaces })
}

export async function backup(to: string, { data }: DataOptions, { output }: Context): Promise<ExitCode> {
  const report = await backupDirectory({ from: data, to })
  return told('Backed up', report, output)
}

export async function restoreBackup(from: string, { data }: DataOptions, { output }: Context): Promise<ExitCode> {
  const report = await restoreDirectory({ from, to: data })
  const exit = told('Restored', report, output)
  output.line('  every device unites with it at its next sync, and deletes nothing')
  return exit
}

function told(done: string, report: BackupReport, output: Context['output']): ExitCode {
  const { directory, workspaces, packs, bytes: size } = report
  output.line(`${done} ${count(workspaces, 'workspace')}, ${count(packs, 'pack')}, ${amount(size)}: ${directory}`)
  return output.result(EXIT.done, { ...report })
}
