/** The whole live tree, ascending by node id, in pages. What changes meanwhile comes by the feed, from the cursor of the first page. */

import { TidemarkError } from '../errors.js'
import type { MetadataReader } from '../interfaces/metadata-store.js'
import { LIMITS } from '../protocol/limits.js'
import type { ListAnswer, ListRequest } from '../protocol/messages.js'
import { fitting } from './feed.js'
import { readStanding } from './standing.js'

export async function readListing(reader: MetadataReader, request: ListRequest): Promise<ListAnswer> {
  const at = request.at ?? (await headCursor(reader))
  if (request.at !== null) {
    const { verdict } = await readStanding(reader, at, at)
    if (verdict !== 'current') {
      throw new TidemarkError(verdict, 'The history moved away under the listing.', {
        subject: 'at',
        next: 'Start the listing anew.',
      })
    }
  }
  const found = await reader.live(request.after, LIMITS.pageRevisions + 1)
  const revisions = fitting(found)
  return {
    type: 'list',
    at,
    revisions,
    after: revisions.length === found.length ? null : (revisions.at(-1)?.id ?? null),
  }
}

async function headCursor(reader: MetadataReader) {
  const { epoch, sequence, hash } = await reader.head()
  return { epoch, sequence, hash }
}
