/** Planted bugs of the adapters: the folder, the databases, the chunk stores. */

import type { Patch } from './patch.js'

const FLUSH = 'adapters/shared/folder-flush.ts'
const MOVES = 'adapters/shared/folder-moves.ts'
const STATE = 'adapters/node/sqlite-state-store.ts'

export const ADAPTER_PATCHES: readonly Patch[] = [
  {
    number: 1,
    what: 'a flush leaves out the content of files',
    file: FLUSH,
    from: '      await file.sync()\n',
    to: '      await file.stat()\n',
  },
  {
    number: 2,
    what: 'a flush leaves out directories',
    file: FLUSH,
    from: '() => ground.disk.syncDirectory(ground.absolute(path))',
    to: '() => ground.disk.lstat(ground.absolute(path)).then(() => undefined)',
  },
  {
    number: 9,
    what: 'an idempotency key is shared by all users',
    file: 'adapters/shared/sql-metadata-reader.ts',
    from: "      .where('principal', '=', principal)\n",
    to: '',
  },
  {
    number: 10,
    what: 'whatever stands at a place is replaced',
    file: 'adapters/shared/folder-replace.ts',
    from: 'const old = await this.#places.expected(place, expected)',
    to: 'const old = expected && (await ground.look(place.absolute))',
  },
  {
    number: 11,
    what: 'whatever stands at a place is deleted',
    file: 'adapters/shared/folder-changes.ts',
    from: 'const old = await this.#places.expected(place, expected)\n    if (old === null) return MOVED\n',
    to: 'const old = expected && (await this.#places.ground.look(place.absolute))\n    if (old === null) return MOVED\n',
  },
  {
    number: 12,
    what: 'before a change only the size of a file is compared',
    file: 'adapters/shared/folder-stamp.ts',
    from: `    stat.size === wanted.size &&
    String(stat.mtimeNs) === wanted.mtimeNs &&
    (wanted.ctimeNs === '0' || String(stat.ctimeNs) === wanted.ctimeNs)
`,
    to: '    stat.size === wanted.size\n',
  },
  {
    number: 21,
    what: 'the marker of the root is not compared',
    file: 'adapters/shared/folder-root.ts',
    from: '  if (marker?.identity !== identity) throw replaced(ground.root)\n',
    to: '  if (marker?.identity === undefined && identity === undefined) throw replaced(ground.root)\n',
  },
  {
    number: 25,
    // No query here needs LIKE: planted where one would be written for a prefix.
    what: 'wildcards in a prefix are not escaped',
    file: STATE,
    from: '? AND k < ? ORDER BY k',
    to: "? AND k LIKE ? || '%' ORDER BY k",
    also: [{ file: STATE, from: 'endOfPrefix(prefix), limit]', to: 'prefix, limit]' }],
  },
  {
    number: 31,
    what: 'an edit right after our own write is taken for that write',
    file: 'adapters/shared/folder-places.ts',
    from: `      const untouched = object.kind === 'directory' || sameLookButCtime(now, object)
      return { outcome: 'done', stamp: this.stamp(untouched ? now : object) }
`,
    to: "      return { outcome: 'done', stamp: this.stamp(now) }\n",
  },
  {
    number: 37,
    what: 'a sequence can be read before what comes before it is committed',
    file: 'adapters/shared/memory-metadata-store.ts',
    from: '      this.space.append(kept)\n',
    to: '      this.space.append(kept)\n      this.space.view = { ...this.space.view, head: { ...head, sequence: kept.revision.sequence, hash: kept.hash } }\n',
  },
  {
    number: 38,
    // A rename is one operation of the plan here: it is taken apart where the disk carries it out.
    what: 'a rename gives up the old name before it has the new one',
    file: MOVES,
    from: '    await ground.disk.link(source.absolute, target.absolute)\n    let stands',
    to: `    const aside = this.#trash.name(source.path)
    await ground.disk.rename(source.absolute, this.#trash.path(aside))
    await ground.disk.rename(this.#trash.path(aside), target.absolute)
    if (sameObject(object, (await ground.look(target.absolute)) ?? object))
      return this.#places.settled(target, object, this.#places.takeBack(target, source.absolute))
    let stands`,
  },
  {
    number: 40,
    what: 'a directory is removed with what is ignored in it',
    file: 'adapters/shared/folder-changes.ts',
    from: "      if (isOccupied(error)) return { outcome: 'not-empty' }\n      throw error\n",
    to: `      if (!isOccupied(error)) throw error
      await this.#places.ground.disk.rename(place.absolute, this.#trash.path(this.#trash.name(place.path)))
`,
  },
  {
    number: 43,
    what: 'what is being downloaded lies in the tree',
    file: 'adapters/shared/folder-staging.ts',
    from: "return this.#ground.own('staging', name)",
    to: 'return this.#ground.absolute(`.${name}.part`)',
  },
  {
    number: 44,
    what: 'a file may change while it is read',
    file: 'adapters/shared/folder-content.ts',
    from: 'const quiet = sameLook(look, read.before) && sameLook(read.before, read.after) && sameLook(read.after, now)',
    to: 'const quiet = now.kind === look.kind',
  },
  {
    number: 48,
    what: 'a directory may be a symbolic link',
    file: 'adapters/shared/folder-ground.ts',
    from: "if (stat?.kind !== 'directory' || stat.dev",
    to: "if (stat === null || stat.kind === 'file' || stat.kind === 'special' || stat.dev",
  },
  {
    number: 49,
    what: 'what one workspace holds is not missing in another',
    file: 'adapters/shared/memory-chunk-store.ts',
    from: '    const held = this.#held(workspace)\n    return [...new Set(digests)].filter((digest) => !held.has(digest))\n',
    to: '    const spaces = [this.#held(workspace), ...this.#spaces.values()]\n    return [...new Set(digests)].filter((digest) => !spaces.some((held) => held.has(digest)))\n',
  },
  {
    number: 50,
    what: 'two engines may have one root',
    file: 'adapters/shared/sql-lock.ts',
    from: "database.exec('BEGIN EXCLUSIVE')",
    to: "database.exec('BEGIN')",
  },
]
