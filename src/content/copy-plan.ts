/**
 * How a wanted content is put together on this device: what is copied from content that is here, what is fetched.
 * Pure. A source may have changed since its manifest was made: whoever copies verifies each chunk's digest.
 */

import type { Digest } from '../model/ids.js'
import type { ChunkRef, Manifest } from '../model/manifest.js'

/** Content at hand, under a name that means something to the caller: a path, a staged file. */
export interface CopySource<Name> {
  /** What the caller calls it; handed back in each step that copies from it. */
  readonly name: Name
  /** What it held when it was looked at last. */
  readonly manifest: Manifest
}

/** A stretch of the wanted content. */
interface Span {
  /** Offset in the wanted content, in bytes. */
  readonly to: number
  /** Bytes of the step. */
  readonly length: number
  /** What the bytes must be, in order. */
  readonly chunks: readonly ChunkRef[]
}

/** One stretch of the wanted content, and where its bytes come from. */
export type CopyStep<Name> =
  /** Bytes [from, from + length) of a source. */
  | (Span & { readonly type: 'copy'; readonly source: Name; readonly from: number })
  /** Bytes [from, from + length) of the wanted content itself, put together by earlier steps. */
  | (Span & { readonly type: 'repeat'; readonly from: number })
  /** To be fetched; no digest is fetched twice. */
  | (Span & { readonly type: 'fetch' })

/** How a wanted content is put together: see `planCopies`. */
export interface CopyPlan<Name> {
  /** In file order, without a gap: writing them one after the other gives the content. Neighbours are merged. */
  readonly steps: readonly CopyStep<Name>[]
  /** What has to be fetched: each digest once, in file order. */
  readonly fetches: readonly ChunkRef[]
  /** Bytes of `fetches`. */
  readonly fetchBytes: number
}

interface Place<Name> {
  readonly source: CopySource<Name>
  /** Index in the source's manifest, and byte offset. */
  readonly index: number
  readonly from: number
}

type Choice<Name> =
  | { readonly type: 'copy'; readonly source: Name; readonly from: number }
  | { readonly type: 'repeat'; readonly from: number }
  | { readonly type: 'fetch' }

/** Earlier sources are preferred, except that a run that has begun goes on in its source. Linear time. */
export function planCopies<Name>(wanted: Manifest, sources: readonly CopySource<Name>[]): CopyPlan<Name> {
  const places = placesOf(wanted, sources)
  const written = new Map<Digest, number>()
  const steps: CopyStep<Name>[] = []
  const fetches: ChunkRef[] = []
  let to = 0
  let last: Place<Name> | null = null
  for (const chunk of wanted.chunks) {
    const place: Place<Name> | null = following(last, chunk) ?? places.get(keyOf(chunk)) ?? null
    last = place
    const choice = choose(place, written.get(chunk.digest))
    if (choice.type === 'fetch') fetches.push(chunk)
    append(steps, choice, chunk, to)
    if (!written.has(chunk.digest)) written.set(chunk.digest, to)
    to += chunk.length
  }
  return { steps, fetches, fetchBytes: fetches.reduce((sum, chunk) => sum + chunk.length, 0) }
}

/** A digest under two lengths would be a lie of one manifest: the pair is what is looked up. */
function keyOf(chunk: ChunkRef): string {
  return `${chunk.digest}${chunk.length}`
}

function placesOf<Name>(wanted: Manifest, sources: readonly CopySource<Name>[]): ReadonlyMap<string, Place<Name>> {
  const needed = new Set(wanted.chunks.map(keyOf))
  const places = new Map<string, Place<Name>>()
  for (const source of sources) {
    let from = 0
    for (const [index, chunk] of source.manifest.chunks.entries()) {
      const key = keyOf(chunk)
      if (needed.has(key) && !places.has(key)) places.set(key, { source, index, from })
      from += chunk.length
    }
  }
  return places
}

/** The place right behind the last one, when it holds this chunk. */
function following<Name>(last: Place<Name> | null, chunk: ChunkRef): Place<Name> | null {
  if (last === null) return null
  const chunks = last.source.manifest.chunks
  const next = chunks[last.index + 1]
  if (next === undefined || next.digest !== chunk.digest || next.length !== chunk.length) return null
  const length = (chunks[last.index] as ChunkRef).length
  return { source: last.source, index: last.index + 1, from: last.from + length }
}

function choose<Name>(place: Place<Name> | null, written: number | undefined): Choice<Name> {
  if (place !== null) return { type: 'copy', source: place.source.name, from: place.from }
  if (written !== undefined) return { type: 'repeat', from: written }
  return { type: 'fetch' }
}

/** Merges with the step before where both read and write on without a gap. */
function append<Name>(steps: CopyStep<Name>[], choice: Choice<Name>, chunk: ChunkRef, to: number): void {
  const before = steps.at(-1)
  if (before === undefined || !joins(before, choice)) {
    steps.push({ ...choice, to, length: chunk.length, chunks: [chunk] })
    return
  }
  ;(before.chunks as ChunkRef[]).push(chunk)
  steps[steps.length - 1] = { ...before, length: before.length + chunk.length }
}

function joins<Name>(before: CopyStep<Name>, choice: Choice<Name>): boolean {
  switch (choice.type) {
    case 'fetch':
      return before.type === 'fetch'
    case 'copy':
      return before.type === 'copy' && before.source === choice.source && before.from + before.length === choice.from
    case 'repeat':
      // Reads first occurrences only, and a repeat holds none: it never reads what it still writes.
      return before.type === 'repeat' && before.from + before.length === choice.from
  }
}
