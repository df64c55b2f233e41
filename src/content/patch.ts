/**
 * A manifest as the difference from one that both sides know: ranges of the base and new entries.
 * A patch is foreign input: what it builds is bounded before it is built, and it never touches the base.
 *
 * Layout: 'TMMP', version u16, chunk count u32, size u64, all big-endian; then steps until the end, numbers as varints:
 * 0, first, count = entries of the base; 1, count, then per entry digest (32 bytes), length = new entries.
 */

import { TidemarkError } from '../errors.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { Digest } from '../model/ids.js'
import type { ChunkRef, Manifest } from '../model/manifest.js'
import { CHUNK_MAX } from './averages.js'
import {
  checkManifest,
  DIGEST_BYTES,
  MANIFEST_LIMITS,
  type ManifestLimits,
  manifestDigest,
  newerFormat,
  readDigest,
  tooLarge,
  writeDigest,
} from './manifest.js'
import { pushVarint, readVarint, varintSize } from './varint.js'

type Step =
  | { readonly type: 'copy'; readonly first: number; readonly count: number }
  | { readonly type: 'insert'; readonly chunks: readonly ChunkRef[] }

const MAGIC = 0x544d4d50
const VERSION = 1
const HEADER = 18
const COPY = 0
const INSERT = 1

/** What `applyPatch` on the same base turns into `next`. Throws `invalid` when `next` is no manifest. */
export function makePatch(base: Manifest, next: Manifest): Uint8Array {
  checkManifest(next)
  const steps = difference(base, next)
  const bytes = new Uint8Array(HEADER + sizeOf(steps))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC)
  view.setUint16(4, VERSION)
  view.setUint32(6, next.chunks.length)
  view.setBigUint64(10, BigInt(next.size))
  let at = HEADER
  for (const step of steps) at = writeStep(bytes, at, step)
  return bytes
}

/** Length of `makePatch(base, next)`, to choose between a patch and the whole list. */
export function patchSize(base: Manifest, next: Manifest): number {
  return HEADER + sizeOf(difference(base, next))
}

/**
 * Throws `corrupt` for bytes that are no patch of this base, `newer-version`, or `too-large` before anything is built.
 * The caller compares the digest of the result: a patch made for another base may pass here.
 */
export function applyPatch(base: Manifest, patch: Uint8Array, limits: ManifestLimits = MANIFEST_LIMITS): Manifest {
  const { count, size } = readHeader(patch, limits)
  const chunks: ChunkRef[] = []
  let sum = 0
  let at = HEADER
  while (at < patch.length) {
    const before = chunks.length
    at = readStep(base, patch, at, count - before, chunks)
    for (let index = before; index < chunks.length; index++) sum += chunks[index]?.length ?? 0
    if (sum > size) throw malformed('its chunks are longer than the size it says')
  }
  if (chunks.length !== count || sum !== size) throw malformed('it ends before the manifest is whole')
  return { chunks, size }
}

/** `applyPatch`, and the result has the digest that was asked for; throws `corrupt` when it has not. */
export function applyVerifiedPatch(options: {
  readonly hasher: Hasher
  readonly base: Manifest
  readonly patch: Uint8Array
  readonly digest: Digest
  readonly limits?: ManifestLimits
  readonly key?: Uint8Array | undefined
}): Manifest {
  const manifest = applyPatch(options.base, options.patch, options.limits)
  if (manifestDigest(options.hasher, manifest, options.key) === options.digest) return manifest
  throw new TidemarkError('corrupt', 'a patched manifest is not the one that was asked for', {
    subject: options.digest,
    next: 'Ask for the whole manifest.',
  })
}

/** Greedy: goes on where the last copy stands, else on its diagonal, else at the first place of the digest. Linear time. */
function difference(base: Manifest, next: Manifest): readonly Step[] {
  const places = new Map<Digest, number>()
  base.chunks.forEach((chunk, at) => {
    if (!places.has(chunk.digest)) places.set(chunk.digest, at)
  })
  const steps: Step[] = []
  let shift = 0
  for (let at = 0; at < next.chunks.length; ) {
    const chunk = next.chunks[at] as ChunkRef
    const place = same(base.chunks[at + shift], chunk) ? at + shift : places.get(chunk.digest)
    const count = place === undefined ? 0 : runLength(base, place, next, at)
    if (place === undefined || count === 0) {
      insert(steps, chunk)
      at++
      continue
    }
    steps.push({ type: 'copy', first: place, count })
    shift = place - at
    at += count
  }
  return steps
}

function runLength(base: Manifest, place: number, next: Manifest, at: number): number {
  let count = 0
  while (same(base.chunks[place + count], next.chunks[at + count])) count++
  return count
}

function same(a: ChunkRef | undefined, b: ChunkRef | undefined): boolean {
  return a !== undefined && b !== undefined && a.digest === b.digest && a.length === b.length
}

function insert(steps: Step[], chunk: ChunkRef): void {
  const last = steps.at(-1)
  if (last?.type === 'insert') (last.chunks as ChunkRef[]).push(chunk)
  else steps.push({ type: 'insert', chunks: [chunk] })
}

function sizeOf(steps: readonly Step[]): number {
  let size = 0
  for (const step of steps) {
    if (step.type === 'copy') size += 1 + varintSize(step.first) + varintSize(step.count)
    else {
      size += 1 + varintSize(step.chunks.length)
      for (const chunk of step.chunks) size += DIGEST_BYTES + varintSize(chunk.length)
    }
  }
  return size
}

function writeStep(bytes: Uint8Array, start: number, step: Step): number {
  const head: number[] = []
  if (step.type === 'copy') {
    head.push(COPY)
    pushVarint(head, step.first)
    pushVarint(head, step.count)
  } else {
    head.push(INSERT)
    pushVarint(head, step.chunks.length)
  }
  bytes.set(head, start)
  let at = start + head.length
  if (step.type === 'copy') return at
  for (const chunk of step.chunks) {
    writeDigest(bytes, at, chunk.digest)
    const length: number[] = []
    pushVarint(length, chunk.length)
    bytes.set(length, at + DIGEST_BYTES)
    at += DIGEST_BYTES + length.length
  }
  return at
}

function readHeader(patch: Uint8Array, limits: ManifestLimits): { readonly count: number; readonly size: number } {
  const view = new DataView(patch.buffer, patch.byteOffset, patch.byteLength)
  if (patch.length < HEADER) throw malformed('shorter than its head')
  if (view.getUint32(0) !== MAGIC) throw malformed('not the head of a patch')
  if (view.getUint16(4) !== VERSION) throw newerFormat('manifest patch', view.getUint16(4))
  const count = view.getUint32(6)
  const size = view.getBigUint64(10)
  if (count > limits.chunks || size > BigInt(limits.size)) throw tooLarge(count, size)
  return { count, size: Number(size) }
}

/** Appends what one step says, at most `room` chunks and at least one. Returns where the step ends. */
function readStep(base: Manifest, patch: Uint8Array, at: number, room: number, chunks: ChunkRef[]): number {
  const tag = patch[at]
  if (tag !== COPY && tag !== INSERT) throw malformed(`an unknown step ${tag}`)
  const first = numberAt(patch, at + 1)
  if (tag === COPY) {
    const count = numberAt(patch, first.end)
    if (count.value < 1 || count.value > room) throw malformed('a copy of more chunks than there is room for, or none')
    if (first.value + count.value > base.chunks.length) throw malformed('a copy from beyond the base')
    for (let index = 0; index < count.value; index++) chunks.push(base.chunks[first.value + index] as ChunkRef)
    return count.end
  }
  if (first.value < 1 || first.value > room) throw malformed('more new chunks than there is room for, or none')
  let end = first.end
  for (let index = 0; index < first.value; index++) {
    if (end + DIGEST_BYTES > patch.length) throw malformed('it ends inside a digest')
    const length = numberAt(patch, end + DIGEST_BYTES)
    if (length.value < 1 || length.value > CHUNK_MAX) throw malformed(`a chunk of ${length.value} bytes`)
    chunks.push({ digest: readDigest(patch, end), length: length.value })
    end = length.end
  }
  return end
}

function numberAt(patch: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  const read = readVarint(patch, at)
  if (read === null) throw malformed('a number that is cut off, too large or not in its shortest form')
  return read
}

function malformed(why: string): TidemarkError {
  return new TidemarkError('corrupt', `bytes that are no patch of this manifest: ${why}`, {
    subject: 'manifest patch',
    next: 'Ask for the whole manifest.',
  })
}
