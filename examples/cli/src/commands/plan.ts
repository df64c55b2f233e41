/** `tidemark plan`: what a sync would do now, changing neither side. */

import type { NodeId, Operation, PathedPlan, PlannedPath } from 'tidemark'
import { count } from '../amount.js'
import type { Context } from '../command.js'
import { type ExitCode, exitCodeFor } from '../exit-codes.js'
import { atServer, folderEngine } from '../folder-engine.js'
import { guardWords } from '../plain-words.js'

/** One step as a person sees it. */
interface Step {
  readonly where: 'server' | 'here'
  readonly what: 'create' | 'change' | 'move' | 'delete' | 'keep-both'
  /** As it is called now; null for what is new. */
  readonly from: string | null
  /** As it will be called; null for what goes. */
  readonly to: string | null
}

const SIGNS = { create: '+', change: '~', move: '>', delete: '-', 'keep-both': '!' } as const

export async function plan(folder: string, { output, home, signal }: Context): Promise<ExitCode> {
  const { engine, link, transport } = folderEngine(folder, home)
  try {
    const made = await engine.plan({ signal })
    const steps = made.operations.flatMap((operation) => stepsOf(operation, made))
    for (const { where, what, from, to } of steps) {
      const path = from === null || to === null || from === to ? (to ?? from ?? '?') : `${from} → ${to}`
      output.line(`${where === 'server' ? '↑' : '↓'} ${SIGNS[what]} ${path}`)
    }
    for (const guard of made.guards) output.line(`${output.paint.yellow('?')} ${guardWords(guard, folder)}`)
    const up = steps.filter(({ where }) => where === 'server').length
    output.line(
      steps.length === 0
        ? 'Nothing to do.'
        : `${count(up, 'change')} up, ${steps.length - up} down. Nothing was changed.`,
    )
    return output.result(exitCodeFor({ guards: made.guards.length, problems: 0 }), {
      ...link,
      steps,
      guards: made.guards,
    })
  } catch (error) {
    throw atServer(error, link)
  } finally {
    await engine.stop()
    await transport.close()
  }
}

function stepsOf(operation: Operation, { paths }: PathedPlan): readonly Step[] {
  const places = (id: NodeId): PlannedPath => paths.get(id) ?? { from: null, to: null }
  switch (operation.type) {
    case 'commit':
      return operation.changes.map((change): Step => {
        const { from, to } = places(change.id)
        if (change.type === 'create') return { where: 'server', what: 'create', from: null, to }
        if (change.type === 'delete') return { where: 'server', what: 'delete', from, to: null }
        return { where: 'server', what: from === to ? 'change' : 'move', from, to }
      })
    case 'create':
      return [{ where: 'here', what: 'create', from: null, to: places(operation.node.id).to }]
    case 'replace':
      return [{ where: 'here', what: 'change', ...places(operation.node.id) }]
    case 'executable':
      return [{ where: 'here', what: 'change', ...places(operation.id) }]
    case 'move':
    case 'attach':
      return [{ where: 'here', what: 'move', ...places(operation.id) }]
    case 'remove':
      return [{ where: 'here', what: 'delete', from: places(operation.id).from, to: null }]
    case 'aside':
      return [{ where: 'here', what: 'keep-both', from: places(operation.id).from, to: places(operation.copyId).to }]
    case 'detach':
    case 'adopt':
    case 'forget':
    case 'rekey':
    case 'hold':
      return []
  }
}
