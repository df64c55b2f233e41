/**
 * Listings on their way from thread to thread: what is alike of all entries side by side, in one text and one array. To
 * copy two objects for each entry costs more than it cost to look at it.
 */

import { type DirectoryEntry, type FileId, type Listing } from '../../src/index.js'

/** A complete listing. */
export interface ListingColumns {
  readonly state: 'columns'
  /** As in the listing. */
  readonly directory: FileId | null
  /** Name, mtimeNs, ctimeNs and file id of each entry; none of them holds a slash, which stands between any two. */
  readonly texts: string
  /** Size and traits of each entry. */
  readonly numbers: Float64Array<ArrayBuffer>
}

/** A listing as it travels. */
export type SentListing = Exclude<Listing, { readonly state: 'complete' }> | ListingColumns

const KINDS = ['file', 'directory', 'symlink', 'special', 'unreadable'] as const
const BOUNDARIES = [null, 'mount', 'nested-root'] as const
const VALID = 8
const EXECUTABLE = 16
const HAS_FILE_ID = 32
const BOUNDARY = 64
const TEXTS = 4
const NUMBERS = 2

/** For the way. */
export function toColumns(listing: Listing): SentListing {
  if (listing.state !== 'complete') return listing
  const { directory, entries } = listing
  const texts: string[] = []
  const numbers = new Float64Array(entries.length * NUMBERS)
  for (const [at, entry] of entries.entries()) {
    const { name, stamp } = entry
    texts.push(name, stamp.mtimeNs, stamp.ctimeNs, stamp.fileId ?? '')
    numbers[at * NUMBERS] = stamp.size
    numbers[at * NUMBERS + 1] = traitsOf(entry)
  }
  return { state: 'columns', directory, texts: texts.join('/'), numbers }
}

function traitsOf({ kind, validName, executable, boundary, stamp: { fileId } }: DirectoryEntry): number {
  return (
    KINDS.indexOf(kind) +
    (validName ? VALID : 0) +
    (executable ? EXECUTABLE : 0) +
    (fileId === null ? 0 : HAS_FILE_ID) +
    BOUNDARY * BOUNDARIES.indexOf(boundary)
  )
}

/** As it was before the way. */
export function toListing(sent: SentListing): Listing {
  if (sent.state !== 'columns') return sent
  const { directory, numbers } = sent
  const texts = sent.texts.split('/')
  const entries: DirectoryEntry[] = []
  for (let at = 0; at * NUMBERS < numbers.length; at += 1) {
    const traits = numbers[at * NUMBERS + 1]!
    const from = at * TEXTS
    entries.push({
      name: texts[from]!,
      validName: (traits & VALID) !== 0,
      kind: KINDS[traits % VALID]!,
      stamp: {
        size: numbers[at * NUMBERS]!,
        mtimeNs: texts[from + 1]!,
        ctimeNs: texts[from + 2]!,
        fileId: (traits & HAS_FILE_ID) === 0 ? null : (texts[from + 3] as FileId),
      },
      executable: (traits & EXECUTABLE) !== 0,
      boundary: BOUNDARIES[Math.floor(traits / BOUNDARY)]!,
    })
  }
  return { state: 'complete', directory, entries }
}
