/** The commands and their options, as data for the argument parser. Which one was run, and how it ended, comes back. */

import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type ConflictChoice, HYDRATIONS, SYNC_MODES } from 'tidemark'
import { type CommonOptions, type Run, runCommand } from './command.js'
import { account, type AccountOptions } from './commands/account.js'
import type { DataOptions, GcOptions } from './commands/data.js'
import { conflicts } from './commands/conflicts.js'
import { bring, release } from './commands/contents.js'
import { history, type HistoryOptions } from './commands/history.js'
import { devices, type DevicesOptions, revoke } from './commands/devices.js'
import { link, type LinkOptions } from './commands/link.js'
import { list } from './commands/list.js'
import { plan } from './commands/plan.js'
import { resolve, type ResolveOptions } from './commands/resolve.js'
import { restore, type RestoreOptions } from './commands/restore.js'
import type { ServeOptions } from './commands/serve.js'
import { status } from './commands/status.js'
import { sync, type SyncOptions } from './commands/sync.js'
import { unlink, type UnlinkOptions } from './commands/unlink.js'
import { watch } from './commands/watch.js'
import { why } from './commands/why.js'
import { EXIT, EXIT_HELP, type ExitCode } from './exit-codes.js'

const DEFAULT_PORT = 4570
const MAX_PORT = 65_535
const MAX_PROXIES = 16
const MAX_DAYS = 36_500
const DEFAULT_DAYS = 30
const MAX_QUOTA = 999_999_999
const MAX_ENTRIES = 10_000
const DEFAULT_ENTRIES = 100

/** Runs what the arguments say. Never throws for what a person can get wrong. */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  const wantsJson = args.includes('--json')
  let exit: ExitCode = EXIT.done
  const run = async (name: string, options: CommonOptions, command: Run): Promise<void> => {
    exit = await runCommand(name, options, command)
  }
  try {
    await build(run, wantsJson).parseAsync([...args], { from: 'user' })
    return exit
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return EXIT.done
    if (wantsJson) process.stdout.write(`${JSON.stringify(usageError(error))}\n`)
    return EXIT.usage
  }
}

type Runner = (name: string, options: CommonOptions, command: Run) => Promise<void>

function build(run: Runner, wantsJson: boolean): Command {
  const program = new Command('tidemark')
    .description('Keeps folders in step through a server of your own.')
    .addHelpText('after', EXIT_HELP)
    .showHelpAfterError("Run 'tidemark --help' for what there is.")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => (wantsJson ? undefined : write(text)) })
  addServer(program, run)
  addData(program, run)
  addAccounts(program, run)
  addFolders(program, run)
  addContents(program, run)
  addPast(program, run)
  return program
}

function addServer(program: Command, run: Runner): void {
  command(program, 'serve', 'run a server on this machine')
    .option('--data <directory>', 'where everything is kept', 'tidemark-data')
    .option('--port <number>', '0 takes any free one', whole(MAX_PORT), DEFAULT_PORT)
    .option('--host <address>', 'who can reach it', '127.0.0.1')
    .option('--closed', 'take no registrations')
    .option('--trust-proxy <number>', 'TLS proxies in front', whole(MAX_PROXIES), 0)
    .option('--allow-insecure', 'let other machines in without TLS')
    .option('--page <directory>', 'a built page, served at /')
    .addOption(new Option('--origin <origin>', 'lets pages of another origin in; may be repeated').argParser(listed))
    .option('--retention-days <number>', 'how long history is kept', whole(MAX_DAYS), DEFAULT_DAYS)
    .option('--quota-mib <number>', 'stored content of one user (default: no limit)', whole(MAX_QUOTA))
    .option('--quota-nodes <number>', 'files and directories of one user (default: no limit)', whole(MAX_QUOTA))
    .action((options: ServeOptions & CommonOptions) =>
      run('serve', options, async (context) => {
        // A server's libraries are loaded by those only who run one.
        const { serve } = await import('./commands/serve.js')
        return serve(options, context)
      }),
    )
}

/** A server's libraries are loaded by those only who look after its data. */
function addData(program: Command, run: Runner): void {
  const data = (name: string, description: string): Command =>
    command(program, name, description).addOption(
      new Option('--data <directory>', 'where the server keeps everything')
        .env('TIDEMARK_DATA')
        .default('tidemark-data'),
    )
  data('gc', 'remove what nothing needs any more from the data of a stopped server; a running one does it by itself')
    .option('--dry-run', 'change nothing, tell what would be done')
    .option('--retention-days <number>', 'how long history is kept', whole(MAX_DAYS), DEFAULT_DAYS)
    .action((options: GcOptions & CommonOptions) =>
      run('gc', options, async (context) => (await import('./commands/data.js')).gc(options, context)),
    )
  data('verify', 'look through the data of a stopped server: every chunk, manifest and tree').action(
    (options: DataOptions & CommonOptions) =>
      run('verify', options, async (context) => (await import('./commands/data.js')).verify(options, context)),
  )
  data('backup', 'copy the data of a server, which may be running')
    .argument('<to>', 'a directory that is not there yet')
    .action((to: string, options: DataOptions & CommonOptions) =>
      run('backup', options, async (context) => (await import('./commands/data.js')).backup(to, options, context)),
    )
  data('restore-backup', 'make the data of a server from a backup')
    .argument('<from>', 'the backup, or a copy of the directory of a stopped server')
    .action((from: string, options: DataOptions & CommonOptions) =>
      run('restore-backup', options, async (context) =>
        (await import('./commands/data.js')).restoreBackup(from, options, context),
      ),
    )
}

function addAccounts(program: Command, run: Runner): void {
  for (const how of ['register', 'login'] as const) {
    command(program, how, how === 'register' ? 'make an account, and log in' : 'log in on this device')
      .argument('<name>', 'of the account')
      .addOption(new Option('--server <url>', 'its address').env('TIDEMARK_SERVER'))
      .option('--device <label>', 'what this device is called (default: the name of the machine)')
      .option('--password-stdin', 'read the password from stdin; TIDEMARK_PASSWORD works as well')
      .action((name: string, options: AccountOptions & CommonOptions) =>
        run(how, options, (context) => account(how, name, options, context)),
      )
  }
  command(program, 'devices', 'list the devices that are logged in to the account')
    .option('--server <url>', 'where you are logged in (default: the last login)')
    .action((options: DevicesOptions & CommonOptions) =>
      run('devices', options, (context) => devices(options, context)),
    )
  command(program, 'revoke', 'log a device out, wherever it is')
    .argument('<device>', 'its id, or what it is called')
    .option('--server <url>', 'where you are logged in (default: the last login)')
    .action((named: string, options: DevicesOptions & CommonOptions) =>
      run('revoke', options, (context) => revoke(named, options, context)),
    )
}

function addFolders(program: Command, run: Runner): void {
  command(program, 'link', 'say which workspace a folder belongs to')
    .argument('<folder>')
    .argument('<workspace>', 'made on the server by the first sync')
    .option('--server <url>', 'where you are logged in (default: the last login)')
    .addOption(new Option('--mode <mode>', 'which way changes go (default: two-way)').choices(SYNC_MODES))
    .addOption(new Option('--hydrate <contents>', 'which contents are here (default: all)').choices(HYDRATIONS))
    .option('--exclude <directory...>', 'directories this device does not want, below the folder')
    .option('--no-exclude', 'all of them again')
    .option('--ignore <rule...>', 'ignore rules of this device alone, as in .tidemarkignore')
    .option('--no-ignore', 'none of them any more')
    .action((folder: string, workspace: string, options: LinkOptions & CommonOptions) =>
      run('link', options, (context) => link(folder, workspace, options, context)),
    )
  command(program, 'unlink', 'make a folder an ordinary one again; its files stay')
    .argument('[folder]', 'a linked one', '.')
    .option('--remove-trash', 'also remove what was deleted here and is kept for 30 days')
    .option('--logout', 'also log this device out, for all its folders')
    .action((folder: string, options: UnlinkOptions & CommonOptions) =>
      run('unlink', options, (context) => unlink(folder, options, context)),
    )
  command(program, 'sync', 'bring folder and server to rest, once')
    .argument('[folder]', 'a linked one', '.')
    .option('--confirm <guard>', 'let the deletes happen that a guard holds back')
    .option('--decline <guard>', 'bring those files back instead')
    .action((folder: string, options: SyncOptions & CommonOptions) =>
      run('sync', options, (context) => sync(folder, options, context)),
    )
  command(program, 'watch', 'keep folder and server in step until Ctrl-C')
    .argument('[folder]', 'a linked one', '.')
    .action((folder: string, options: CommonOptions) => run('watch', options, (context) => watch(folder, context)))
  command(program, 'status', 'tell how folder and server stand; works offline')
    .argument('[folder]', 'a linked one', '.')
    .action((folder: string, options: CommonOptions) => run('status', options, (context) => status(folder, context)))
  command(program, 'plan', 'tell what a sync would do, and do nothing')
    .argument('[folder]', 'a linked one', '.')
    .action((folder: string, options: CommonOptions) => run('plan', options, (context) => plan(folder, context)))
  command(program, 'why', 'tell why a file or directory is not in step')
    .argument('<path>', 'in a linked folder')
    .action((path: string, options: CommonOptions) => run('why', options, (context) => why(path, context)))
}

function addContents(program: Command, run: Runner): void {
  command(program, 'ls', 'list a directory, with what is on the server alone; works offline')
    .argument('[directory]', 'a linked folder, or a directory in it', '.')
    .action((directory: string, options: CommonOptions) => run('ls', options, (context) => list(directory, context)))
  command(program, 'bring', 'fetch the contents of a file or directory to this disk, and keep them here')
    .argument('[path]', 'in a linked folder', '.')
    .action((path: string, options: CommonOptions) => run('bring', options, (context) => bring(path, context)))
  command(program, 'release', 'let contents go from this disk that the server has; deletes nothing')
    .argument('<path>', 'in a folder that is linked with --hydrate on-demand')
    .action((path: string, options: CommonOptions) => run('release', options, (context) => release(path, context)))
}

function addPast(program: Command, run: Runner): void {
  command(program, 'history', 'tell what is kept of a file or directory, also of a deleted one')
    .argument('<path>', 'in a linked folder')
    .option('--limit <number>', 'at most so many revisions', whole(MAX_ENTRIES), DEFAULT_ENTRIES)
    .action((path: string, options: HistoryOptions & CommonOptions) =>
      run('history', options, (context) => history(path, options, context)),
    )
  command(program, 'restore', 'bring back what was deleted, or an earlier revision')
    .argument('<path>', 'in a linked folder')
    .option('--sequence <number>', "which revision: 'tidemark history' names them", whole(Number.MAX_SAFE_INTEGER))
    .action((path: string, options: RestoreOptions & CommonOptions) =>
      run('restore', options, (context) => restore(path, options, context)),
    )
  command(program, 'conflicts', 'list the conflict copies; works offline')
    .argument('[folder]', 'a linked one, or a directory in it', '.')
    .action((folder: string, options: CommonOptions) =>
      run('conflicts', options, (context) => conflicts(folder, context)),
    )
  command(program, 'resolve', 'answer a conflict: take the copy, the file, or both')
    .argument('<copy>', 'the conflict copy; with --all a folder')
    .addArgument(new Argument('<choice>', "'mine' is the copy, 'theirs' the file").choices(['mine', 'theirs', 'both']))
    .option('--all', 'every conflict copy in that folder')
    .action((copy: string, choice: ConflictChoice, options: ResolveOptions & CommonOptions) =>
      run('resolve', options, (context) => resolve(copy, choice, options, context)),
    )
}

function command(program: Command, name: string, description: string): Command {
  const lines = name === 'watch' || name === 'serve'
  return program
    .command(name)
    .description(description)
    .option('--json', lines ? 'one JSON line per event on stdout' : 'one JSON document on stdout')
    .showHelpAfterError(`Run 'tidemark ${name} --help' for what it takes.`)
}

function listed(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text]
}

function whole(most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (value <= most) return value
    throw new InvalidArgumentError(`It is a whole number up to ${most}.`)
  }
}

function usageError({ message }: CommanderError): Record<string, unknown> {
  const text = message.replace(/^error: /, '')
  return { exit: EXIT.usage, error: { code: 'usage', message: text, subject: null, next: "Run 'tidemark --help'." } }
}
