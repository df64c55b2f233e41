/** Planted bugs of `src/content`, `src/model`, `src/reconcile` and `src/server`: pure rules and the rules of the server. */

import type { Patch } from './patch.js'

const COMMIT = 'src/server/commit.ts'
const ENTRY = 'src/reconcile/entry.ts'
const KNOWN = 'src/reconcile/observe-known.ts'
const TARGETS = 'src/reconcile/target-index.ts'

export const CORE_PATCHES: readonly Patch[] = [
  {
    number: 5,
    what: 'a cursor is kept across a change of epoch',
    file: 'src/server/standing.ts',
    from: "  if (cursor.epoch !== head.epoch) return 'diverged'\n",
    to: '',
  },
  {
    number: 8,
    what: 'the server does not look whether it has seen the key',
    file: COMMIT,
    from: '  if (stored === null) return null\n',
    to: '  if (stored === null || stored.digest === digest) return null\n',
  },
  {
    number: 13,
    what: 'the newer modification time decides the winner',
    file: ENTRY,
    from: 'const lost = edited &&',
    to: 'const lost = remote.modifiedAt >= local.modifiedAt && edited &&',
  },
  {
    number: 14,
    what: 'a delete beats an edit',
    file: ENTRY,
    from: "  else if (only.kind !== 'directory' && !sameNode(only, synced)) entry.target = only\n",
    to: '',
  },
  {
    number: 15,
    what: 'the name of a conflict copy may be taken already',
    file: 'src/reconcile/clash.ts',
    from: `others.length === 0 &&
      !sight.isOccupied(target.parentId, name) &&
      !wanted.taken?.has(placeKey(target.parentId, name))`,
    to: '!sight.isOccupied(target.parentId, name)',
  },
  {
    number: 16,
    what: 'a conflict copy that loses itself is not kept',
    file: ENTRY,
    from: 'entry.losesContent = lost',
    to: 'entry.losesContent = lost && remote.conflictOf === null',
  },
  {
    number: 17,
    what: 'a conflict copy is not uploaded',
    file: 'src/reconcile/upload.ts',
    from: "  if (remote === null) return { ...target, type: 'create'",
    to: "  if (remote === null && target.conflictOf !== null) return null\n  if (remote === null) return { ...target, type: 'create'",
  },
  {
    number: 18,
    what: 'equal contents still conflict',
    file: ENTRY,
    from: 'const lost = edited && local.content !== remote.content && (',
    to: 'const lost = edited && (',
  },
  {
    number: 19,
    what: 'a listing that could not be had is read as an empty one',
    file: 'src/reconcile/observe-directories.ts',
    from: '    scan.problems.push(listing.problem)\n',
    to: "    scan.problems.push(listing.problem)\n    return { state: 'complete', directory: null, entries: [] }\n",
  },
  {
    number: 20,
    what: 'a file that cannot be looked at counts as deleted',
    file: 'src/reconcile/observe-other.ts',
    from: "      scan.block(directory.id, entry.name, 'unknown')\n      scan.problem(path, 'unreadable'",
    to: "      scan.problem(path, 'unreadable'",
  },
  {
    number: 22,
    what: 'the mass-delete guard counts what goes up alone',
    file: 'src/reconcile/plan.ts',
    from: "const down = guardOn('down', deletesDown(steps, sight), policy.guard)",
    to: "const down = guardOn('down', [], policy.guard)",
  },
  {
    number: 23,
    what: 'names are keys of a plain object, with the inherited ones',
    file: KNOWN,
    from: 'Map<NodeId, Map<string, NodeId[]>>',
    to: 'Map<NodeId, Record<string, NodeId[]>>',
    also: [
      { file: KNOWN, from: '.get(this.fold(name)) ?? []', to: '[this.fold(name)] ?? []' },
      {
        file: KNOWN,
        from: 'parentId: NodeId): Map<string, NodeId[]> {',
        to: 'parentId: NodeId): Record<string, NodeId[]> {',
      },
      { file: KNOWN, from: 'byName = new Map<string, NodeId[]>()', to: 'byName: Record<string, NodeId[]> = {}' },
      { file: KNOWN, from: 'byName.get(folded)', to: 'byName[folded]' },
      { file: KNOWN, from: 'byName.set(folded, [id])', to: 'byName[folded] = [id]' },
    ],
  },
  {
    number: 26,
    what: 'names that differ in case are one place, and what stands there is united',
    file: TARGETS,
    from: 'this.#places.get(placeKey(parentId, key)) ?? []',
    to: 'this.#places.get(placeKey(parentId, key.toLowerCase())) ?? []',
    also: [
      {
        file: TARGETS,
        from: 'placeKey(entry.target.parentId, entry.target.key)',
        to: 'placeKey(entry.target.parentId, entry.target.key.toLowerCase())',
      },
      {
        file: TARGETS,
        from: 'placeKey(target.parentId, target.key), entry)',
        to: 'placeKey(target.parentId, target.key.toLowerCase()), entry)',
      },
    ],
  },
  {
    number: 27,
    what: 'the form in which a disk spells a name renames the node',
    file: 'src/reconcile/observe-names.ts',
    from: "return known.normalize('NFC') === spelled.normalize('NFC') ? known : spelled",
    to: 'return spelled',
  },
  {
    number: 34,
    what: 'the server does not check the digest of an uploaded chunk',
    file: 'src/server/uploads.ts',
    from: "if (context.hasher.digest('chunk', bytes) === digest) verified.set(digest, { digest, encoding, bytes })",
    to: "if (context.hasher.digest('chunk', bytes) !== '') verified.set(digest, { digest, encoding, bytes })",
  },
  {
    number: 36,
    what: 'garbage collection gives no lease',
    file: 'src/server/orphan-steps.ts',
    from: 'since !== undefined && this.#parts.context.clock.now() - since >= this.#parts.rules.leaseMs',
    to: 'since !== undefined',
  },
  {
    number: 39,
    what: 'the server accepts a move of a directory into itself',
    file: 'src/server/commit-rules.ts',
    from: "if (seen.has(at)) return 'cycle'",
    to: 'if (seen.has(at)) return null',
  },
  {
    number: 45,
    what: 'offsets in a content are 32-bit numbers',
    file: 'src/content/copy-plan.ts',
    from: '    to += chunk.length\n',
    to: '    to = (to + chunk.length) | 0\n',
  },
]
