/** Many deletes at once ask a person: on a terminal here, one question at a time. Elsewhere the files simply stay. */

import { createInterface } from 'node:readline/promises'
import type { Guard, SyncEngine } from 'tidemark'

export interface Terminal {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly signal: AbortSignal
}

export function answerGuards(engine: SyncEngine, { input, output, signal }: Terminal): void {
  let last = Promise.resolve()
  engine.on('guard', (guard) => {
    if (!input.isTTY) {
      output.write(`! ${words(guard)}. They stay until somebody answers, which takes a terminal.\n`)
      return
    }
    last = last
      .then(() => ask(engine, guard, { input, output, signal }))
      .catch((error: unknown) => {
        if (!signal.aborted) output.write(`! ${error instanceof Error ? error.message : String(error)}\n`)
      })
  })
}

async function ask(engine: SyncEngine, guard: Guard, { input, output, signal }: Terminal): Promise<void> {
  const lines = createInterface({ input, output })
  // In raw mode the terminal sends no signal by itself.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const answer = await lines.question(`? ${words(guard)}. Delete them? (yes or no) `, { signal })
    if (/^\s*y(es)?\s*$/i.test(answer)) await engine.confirm(guard)
    else await engine.decline(guard)
  } finally {
    lines.close()
  }
}

function words({ direction, deletes, of }: Guard): string {
  const where = direction === 'up' ? 'on the server and every other device' : 'in the folder'
  return `${deletes} of ${of} files would be deleted ${where}`
}
