/** Programs that are started beside the bench: none of them outlives it. */

import type { ChildProcess } from 'node:child_process'

/** Also where the bench is ended from outside. */
export function endsWithUs<Child extends ChildProcess>(child: Child): Child {
  const end = (): void => void child.kill('SIGTERM')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return child
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const over = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  await over
}
