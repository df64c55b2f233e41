/** What was asked of the server and what it said, in words; null for what says nothing to a person. */

import type { Answer, Change, ChangeResult, Request } from '../../src/index.js'

export function tellExchange(request: Request, answer: Answer | null): string | null {
  if (answer === null) return `asks (${request.type}) and hears nothing`
  if (answer.type === 'error') return `asks (${request.type}): ${answer.code}, ${answer.message}`
  switch (request.type) {
    case 'commit':
      return answer.type === 'commit' ? `commits ${told(request.groups.flat(), answer.results.flat())}` : null
    case 'hello':
    case 'pull': {
      const state = 'state' in answer ? answer.state : null
      if (state === null) return null
      if (state.standing !== 'current') return `asks for changes: ${state.standing}`
      const { revisions, cursor } = state.page
      const names = revisions.map(({ node, id }) => (node === null ? `-${id.slice(0, 4)}` : node.name))
      return revisions.length === 0 ? null : `hears of ${names.join(', ')}, now at ${cursor.sequence}`
    }
    case 'put':
      return `sends ${request.chunks.length} chunks`
    default:
      return null
  }
}

function told(changes: readonly Change[], results: readonly ChangeResult[]): string {
  return changes
    .map((change, at) => {
      const result = results[at]
      const said =
        result === undefined
          ? ''
          : result.verdict === 'refused'
            ? ` (refused: ${result.reason})`
            : result.verdict === 'unchanged'
              ? ' (was so already)'
              : ` (${result.sequence})`
      return `${words(change)}${said}`
    })
    .join(', ')
}

function words(change: Change): string {
  const id = change.id.slice(0, 4)
  if (change.type === 'delete') return `delete ${id}`
  if (change.type === 'create') return `create ${id} '${change.name}'`
  const parts = [
    ...(change.placement === undefined ? [] : [`to '${change.placement.name}'`]),
    ...(change.content === undefined ? [] : ['content']),
    ...(change.executable === undefined ? [] : ['mode']),
  ]
  return `update ${id} ${parts.join(' and ')}`
}
