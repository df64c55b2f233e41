/** Runs one child process to its end, without a shell and without input, and never leaves it behind. */
import { spawn } from 'node:child_process'

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** Null when a signal or the time limit ended it. */
  readonly exitCode: number | null
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  readonly timeLimitMs: number
}

const children = new Set<() => void>()

/** Ends everything that still runs, for the way out on a signal. */
export function endChildren(): void {
  for (const end of children) end()
}

export function run(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const end = (): void => void child.kill('SIGKILL')
    const timer = setTimeout(end, options.timeLimitMs)
    children.add(end)
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (exitCode) => {
      clearTimeout(timer)
      children.delete(end)
      resolve({ stdout, stderr, exitCode })
    })
  })
}
