/** Manifests from the server, as patches on what this device has where that is smaller. Hostile until the digest fits. */

import { codeOf } from './known-error.js'
import { manifestDigest } from '../content/manifest.js'
import { applyVerifiedPatch } from '../content/patch.js'
import { type ErrorCode, TidemarkError } from '../errors.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { Digest } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import type { WireManifest } from '../protocol/messages.js'
import type { Link } from './link.js'
import type { ManifestShelf } from './manifest-shelf.js'

export interface WantedManifest {
  readonly digest: Digest
  /** Content this device may have the manifest of; null when there is none. */
  readonly base: Digest | null
}

export interface ManifestParts {
  readonly link: Link
  readonly shelf: ManifestShelf
  readonly hasher: Hasher
}

/** Manifests asked for in one request: their answer stays well inside a frame for small files. */
const AT_ONCE = 500

/** What opening a manifest that is no good fails with. */
const BROKEN: ReadonlySet<ErrorCode> = new Set(['corrupt', 'invalid', 'too-large', 'newer-version'])

/** Digests that the server does not hold, or sends something else for, are left out. */
export async function fetchManifests(
  parts: ManifestParts,
  wanted: readonly WantedManifest[],
  signal: AbortSignal,
): Promise<Map<Digest, Manifest>> {
  const found = new Map<Digest, Manifest>()
  const due = new Map<Digest, readonly Digest[]>()
  const known = await parts.shelf.getAll(
    wanted.flatMap(({ digest, base }) => (base === null ? [digest] : [digest, base])),
  )
  for (const { digest, base } of wanted) {
    const manifest = known.get(digest)
    if (manifest !== undefined) found.set(digest, manifest)
    else due.set(digest, base !== null && known.has(base) ? [base] : [])
  }
  while (due.size > 0) {
    const asked = [...due].slice(0, AT_ONCE).map(([digest, have]) => ({ digest, have }))
    const answer = await parts.link.ask(
      { type: 'get-manifests', workspace: parts.link.workspace, wanted: asked },
      signal,
    )
    const answered = [...answer.manifests.map((manifest) => manifest.digest), ...answer.absent]
    if (!answered.some((digest) => due.has(digest)))
      throw invalid('get-manifests', 'the server answered none of the manifests asked for')
    for (const digest of answered) due.delete(digest)
    for (const wire of answer.manifests) {
      const manifest = await open(parts, wire)
      if (manifest === null) continue
      parts.shelf.put(wire.digest, manifest)
      found.set(wire.digest, manifest)
    }
  }
  return found
}

/** Null for one that is not what it says it is: the trouble of its file alone (INV-35). */
async function open({ shelf, hasher }: ManifestParts, wire: WireManifest): Promise<Manifest | null> {
  try {
    if (wire.form === 'whole') return manifestDigest(hasher, wire.manifest) === wire.digest ? wire.manifest : null
    const base = await shelf.get(wire.base)
    return base === null ? null : applyVerifiedPatch({ hasher, base, patch: wire.patch, digest: wire.digest })
  } catch (error) {
    if (BROKEN.has(codeOf(error))) return null
    throw error
  }
}

function invalid(subject: string, message: string): TidemarkError {
  return new TidemarkError('corrupt', message, { subject, next: 'Nothing was changed; it is asked for again.' })
}
