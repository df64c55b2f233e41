/** The dry run of a commit: says what is stale and what the server lacks, before bytes travel. Advice only: it promises nothing. */

import type { MetadataReader } from '../interfaces/metadata-store.js'
import type { Change, ChangeResult } from '../model/change.js'
import type { Digest } from '../model/ids.js'
import { pathBytes } from '../protocol/arriving-wire.js'
import { LIMITS } from '../protocol/limits.js'
import type { AnnounceAnswer, AnnounceRequest, ArrivingContent } from '../protocol/messages.js'
import { boundResults, judgeGroups, toResult, type Judged } from './commit.js'
import { contentOf, type ContentState } from './commit-rules.js'
import type { ServerContext } from './context.js'
import type { Overlay } from './overlay.js'
import type { Principal } from './principal.js'
import { readStanding } from './standing.js'
import { storeManifests } from './uploads.js'
import { findWorkspace } from './workspaces.js'

function lacksContent(result: ChangeResult): boolean {
  return result.verdict === 'refused' && (result.reason === 'missing-chunks' || result.reason === 'need-manifest')
}

/** No sequence is given by a dry run, and the union of what is missing stands in the answer once. */
function asAdvice(result: ChangeResult): ChangeResult {
  if (result.verdict === 'accepted') return { verdict: 'accepted', sequence: 0 }
  if (result.verdict !== 'refused') return result
  const { missing: _missing, ...rest } = result
  return rest
}

/** An answer, and the contents whose chunks are about to come because of it. */
export interface Advice {
  readonly answer: AnnounceAnswer
  readonly arriving: readonly ArrivingContent[]
}

async function advise(by: Judged, reader: MetadataReader, request: AnnounceRequest): Promise<Advice> {
  const { head, verdict } = await readStanding(reader, request.cursor, request.witness)
  if (verdict === 'diverged') {
    const none = { results: [], missingChunks: [], missingManifests: [] }
    return { answer: { type: 'announce', standing: 'diverged', ...none }, arriving: [] }
  }
  const { overlay, verdicts, contents } = await judgeGroups(by, reader, head, request.groups)
  const results = request.groups.map((group, at) =>
    group.map((change, index) =>
      asAdvice(toResult(verdicts[at]?.[index] ?? { verdict: 'unchanged' }, change, (id) => overlay.stored(id))),
    ),
  )
  const lacking = request.groups.filter((_, at) => results[at]?.some(lacksContent)).flat()
  const chunks = new Set<Digest>()
  const manifests = new Set<Digest>()
  for (const change of lacking) {
    const digest = contentOf(change)?.digest
    if (digest === undefined) continue
    const known = contents.get(digest)
    if (known === undefined) manifests.add(digest)
    else for (const chunk of known.missing) chunks.add(chunk)
  }
  const missingManifests = [...manifests]
  const missingChunks = [...chunks].slice(0, LIMITS.digests - missingManifests.length)
  return {
    answer: { type: 'announce', standing: 'current', results: boundResults(results), missingChunks, missingManifests },
    arriving: lacking.flatMap((change) => arrivingOf(change, overlay, contents) ?? []),
  }
}

/** Null for what brings no content, or one whose manifest is not there, or that stands too deep to be told of. */
function arrivingOf(
  change: Change,
  overlay: Overlay,
  contents: ReadonlyMap<Digest, ContentState>,
): ArrivingContent | null {
  const digest = contentOf(change)?.digest
  const known = digest === undefined ? undefined : contents.get(digest)
  const path = overlay.pathOf(change.id)
  if (digest === undefined || known === undefined || path === null) return null
  return pathBytes(path) > LIMITS.arrivingPathBytes ? null : { id: change.id, path, content: digest, size: known.size }
}

/** Manifests that come along are kept, as if put: so they travel once. The changes leave no trace. */
export async function announce(
  context: ServerContext,
  principal: Principal,
  request: AnnounceRequest,
): Promise<Advice> {
  const id = await findWorkspace(context, principal, request.workspace)
  const by: Judged = { context, principal, workspace: { id, name: request.workspace }, contentLater: true }
  if (request.manifests.length === 0) return context.metadata.read(id, (reader) => advise(by, reader, request))
  return context.metadata.transact(id, async (writer) => {
    const { verdict } = await readStanding(writer, request.cursor, request.witness)
    if (verdict !== 'diverged') await storeManifests(context, writer, request.manifests)
    return advise(by, writer, request)
  })
}
