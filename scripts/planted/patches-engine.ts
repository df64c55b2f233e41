/** Planted bugs of `src/engine`: the loop, the outbox, transfers, apply, status. */

import type { Patch } from './patch.js'

const COMMIT = 'src/engine/commit.ts'
const FEED = 'src/engine/feed.ts'
const MARKS = 'src/engine/marks.ts'

export const ENGINE_PATCHES: readonly Patch[] = [
  {
    number: 3,
    // Here the rename comes first in any case; what the journal may not overtake is the flush that makes it last.
    what: 'the journal is saved before what it says is durable',
    file: 'src/engine/apply-run.ts',
    from: '    flushed(await flush(this.parts, this.parts.unflushed))\n',
    to: '    await this.parts.state.save()\n    flushed(await flush(this.parts, this.parts.unflushed))\n',
  },
  {
    number: 4,
    what: 'the cursor moves before what it stands for is taken over',
    file: FEED,
    from: '  let last = page.from\n',
    to: '  moveCursor(state, page.cursor)\n  await state.save()\n  let last = page.from\n',
  },
  {
    number: 6,
    what: 'the idempotency key is drawn for each attempt',
    file: COMMIT,
    from: 'key: entry.key,',
    to: 'key: toHex(parts.random.bytes(16)),',
  },
  {
    number: 7,
    what: 'the key is not saved before the commit is sent',
    file: COMMIT,
    from: '  await state.save()\n  return entry\n',
    to: '  return entry\n',
  },
  {
    number: 24,
    what: 'what begins like a directory counts as being in it',
    file: 'src/engine/path-status.ts',
    from: "path.startsWith(below(directory, ''))",
    to: 'path.startsWith(directory)',
  },
  {
    number: 28,
    what: 'the watcher is trusted: nothing is scanned without an event',
    file: MARKS,
    from: '() => session.dirty.everything())',
    to: '() => undefined)',
  },
  {
    number: 29,
    what: 'a watcher that lost events is not believed',
    file: MARKS,
    from: 'onUnknown: () => dirty.everything()',
    to: 'onUnknown: () => undefined',
  },
  {
    number: 30,
    what: 'a file that was brought here is taken for a new one of the user',
    file: 'src/engine/apply-contents.ts',
    from: "if (operation.type === 'create') shows(state.trees, { node, stamp, provisional: false }, ALL_ATTRIBUTES)",
    to: "if (operation.type === 'create') this.#run.parts.dirty.paths([to.path])",
  },
  {
    number: 32,
    what: 'offsets of chunks are counted over those alone that are still to be sent',
    file: 'src/engine/content-source.ts',
    from: '        if (!this.#spots.has(digest)) this.#spots.set(digest, { content, offset, length })\n',
    to: '        if (this.#spots.has(digest)) continue\n        this.#spots.set(digest, { content, offset, length })\n',
  },
  {
    number: 33,
    what: 'the digest of a downloaded chunk is not checked',
    file: 'src/engine/chunk-fetch.ts',
    from: "due.get(digest) === plain.length && hasher.digest('chunk', plain) === digest",
    to: 'due.get(digest) === plain.length',
  },
  {
    number: 35,
    // The digest of a whole content is that of its manifest, whose chunks have digests of their own.
    what: 'the digest of a whole content is not checked',
    file: 'src/engine/manifest-fetch.ts',
    from: 'return manifestDigest(hasher, wire.manifest) === wire.digest ? wire.manifest : null',
    to: 'return wire.manifest',
  },
  {
    number: 41,
    // Nothing is written in place here: what a full disk could cut short is a staged file that is put in place all the same.
    what: 'a full disk leaves a file cut short',
    file: 'src/engine/download.ts',
    from: `      await file.discard()
      if (known.code === 'no-space') short.set(node, known)
      else this.#refuse(node)
`,
    to: `      if (known.code === 'no-space')
        return { name, ...(await file.finish({ modifiedAt: node.modifiedAt, executable: node.executable })) }
      await file.discard()
      this.#refuse(node)
`,
  },
  {
    number: 42,
    what: 'a server that fails is asked again without growing pauses',
    file: 'src/engine/back-off.ts',
    from: 'Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures++, 10))',
    to: 'FIRST_WAIT_MS',
    also: [
      {
        file: 'src/engine/link.ts',
        from: 'Math.min(LAST_DELAY, FIRST_DELAY * 2 ** (tried - 1))',
        to: 'FIRST_DELAY',
      },
    ],
  },
  {
    number: 46,
    what: 'the status says that all is synced while a file is blocked',
    file: 'src/engine/status-keeper.ts',
    from: "return open || allProblems(this.#session).length > 0 || this.#pending() > 0 ? 'syncing' : 'synced'",
    to: "return open || this.#pending() > 0 ? 'syncing' : 'synced'",
  },
  {
    number: 47,
    what: 'what was deleted beyond the horizon comes back',
    file: FEED,
    from: "  if (reason === 'expired') dropAbsent(state, live)\n  else unite(state, live)\n",
    to: '  unite(state, live)\n',
  },
]
