/** Contents as bytes in memory, every chunk verified, none above a limit: for callers that ask for a file, never for a sync. */

import { TidemarkError } from '../errors.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { LocalStore } from '../interfaces/local-store.js'
import type { Digest } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import type { Stamp } from '../model/stamp.js'
import { ChunkFetch } from './chunk-fetch.js'
import type { EngineState } from './engine-state.js'
import type { Link } from './link.js'
import { fetchManifests } from './manifest-fetch.js'
import type { ManifestShelf } from './manifest-shelf.js'
import type { Progress } from './progress.js'

export interface ContentParts {
  readonly state: EngineState
  readonly local: LocalStore
  readonly link: Link
  readonly hasher: Hasher
  readonly shelf: ManifestShelf
  readonly progress: Progress
}

export interface WholeContent {
  /** Null as long as this device never spoke to a server: then it does not know how contents are cut. */
  readonly digest: Digest | null
  readonly bytes: Uint8Array
}

/** A file that somebody writes to is looked at so often. */
const TRIES = 5
const READ_BYTES = 1024 * 1024

export function checkSize(path: string, size: number, limit: number): void {
  if (size <= limit) return
  throw new TidemarkError('too-large', `'${path}' has ${size} bytes, and ${limit} is the limit of a file read whole`, {
    subject: path,
    next: 'Read the file on the disk, or raise the option readLimitBytes.',
  })
}

/** From the server. Fails with `corrupt` when it does not hold, or falsifies, what it names. */
export async function fetchWhole(
  parts: ContentParts,
  path: string,
  content: Digest,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const manifest = (await fetchManifests(parts, [{ digest: content, base: null }], signal)).get(content)
  if (manifest === undefined) {
    throw new TidemarkError('corrupt', `the server does not hold the content of '${path}'`, { subject: path })
  }
  checkSize(path, manifest.size, limit)
  const bytes = new Uint8Array(manifest.size)
  const fetch = new ChunkFetch(parts, manifest.chunks, 'once', signal)
  const placed = new Map<Digest, number>()
  let at = 0
  for (const chunk of manifest.chunks) {
    const before = placed.get(chunk.digest)
    if (before === undefined) bytes.set(await fetch.take(chunk), at)
    else bytes.copyWithin(at, before, before + chunk.length)
    placed.set(chunk.digest, before ?? at)
    at += chunk.length
  }
  return bytes
}

/** From this disk, as it is at one instant. Null: there is no file. Fails with `busy` while somebody keeps writing to it. */
export async function readWhole(
  parts: ContentParts,
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<WholeContent | null> {
  const { local, state } = parts
  for (let tried = 0; tried < TRIES; tried++) {
    const found = await local.stat(path, { signal })
    if (found.state === 'absent' || (found.state === 'present' && found.entry.kind === 'directory')) return null
    if (found.state === 'unknown' || found.entry.kind !== 'file') {
      const reason = found.state === 'unknown' ? found.problem.message : `it is a ${found.entry.kind}`
      throw new TidemarkError('io', `'${path}' cannot be read: ${reason}`, { subject: path })
    }
    checkSize(path, found.entry.stamp.size, limit)
    const rule = state.get('rule')
    if (rule === null) {
      const plain = await readPlain(parts, path, found.entry.stamp, signal)
      if (plain !== null) return { digest: null, bytes: plain }
      continue
    }
    const described = await local.describe(path, rule, { signal })
    if (described.state !== 'read') continue
    checkSize(path, described.manifest.size, limit)
    const bytes = await readVerified(parts, path, described, signal)
    if (bytes !== null) return { digest: described.digest, bytes }
  }
  throw new TidemarkError('busy', `'${path}' is being written to`, { subject: path, retryable: true })
}

async function readPlain(
  { local }: ContentParts,
  path: string,
  stamp: Stamp,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const read = await local.read(path, stamp, [{ offset: 0, length: stamp.size }], { signal })
  return read.state === 'read' ? (read.parts[0] ?? null) : null
}

async function readVerified(
  { local, hasher }: ContentParts,
  path: string,
  { manifest, stamp }: { readonly manifest: Manifest; readonly stamp: Stamp },
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(manifest.size)
  let at = 0
  for (const group of groupsOf(manifest)) {
    const ranges = group.map(({ offset, length }) => ({ offset, length }))
    const read = await local.read(path, stamp, ranges, { signal })
    if (read.state !== 'read') return null
    for (const [index, { digest }] of group.entries()) {
      const part = read.parts[index]
      if (part === undefined || hasher.digest('chunk', part) !== digest) return null
      bytes.set(part, at)
      at += part.length
    }
  }
  return bytes
}

interface Spot {
  readonly digest: Digest
  readonly offset: number
  readonly length: number
}

function* groupsOf({ chunks }: Manifest): Generator<readonly Spot[]> {
  let [group, bytes, offset]: [Spot[], number, number] = [[], 0, 0]
  for (const { digest, length } of chunks) {
    if (group.length > 0 && bytes + length > READ_BYTES) {
      yield group
      group = []
      bytes = 0
    }
    group.push({ digest, offset, length })
    bytes += length
    offset += length
  }
  if (group.length > 0) yield group
}
