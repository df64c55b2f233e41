/** The rules every disk under `folderStore` and the pack files obeys. Runner-neutral: a case throws when its rule is broken. */

import type { Disk } from '../../adapters/shared/disk.js'
import { assert, codeOf, required } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `Disk` are tried on. */
export interface DiskSubject {
  /** The disk that is tried. */
  readonly disk: Disk
  /** Absolute path of an empty directory on it. */
  readonly directory: string
  /** Makes a symbolic link from outside the seam. Absolute paths. */
  readonly symlink?: (target: string, path: string) => Promise<void>
}

/**
 * What not every disk has. `symlink`: links, made by the hand of this name. `links`: hard links. `times`, `modes`: it keeps
 * those that are set. `open-files`: an open file is the file, whatever becomes of its name. `replaceIf`: the call of this
 * name, in their stead.
 */
export type DiskCapability = 'links' | 'modes' | 'open-files' | 'replaceIf' | 'symlink' | 'times'

/** Of a disk as POSIX has them. */
export const POSIX_DISK: readonly DiskCapability[] = ['links', 'modes', 'open-files', 'symlink', 'times']

export type DiskCase = Case<DiskSubject, DiskCapability>

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

async function put(disk: Disk, path: string, content: string): Promise<void> {
  const file = await disk.open(path, 'create', 0o644)
  await file.write(text(content), 0)
  await file.close()
}

async function content(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, 'read')
  try {
    const buffer = new Uint8Array(256)
    let length = 0
    for (;;) {
      const count = await file.read(buffer.subarray(length), length)
      if (count === 0) return new TextDecoder().decode(buffer.subarray(0, length))
      length += count
    }
  } finally {
    await file.close()
  }
}

/** From 1901 to 2400: what file systems of today hold. */
const TIMES: readonly number[] = [
  ...[1_700_000_000_123, 1_700_000_000_001, 946_684_800_999, 1_234_567_890_457, 0],
  ...[-1, -2, -999, -1000, -86_400_001, -2_147_000_000_001, 2_147_483_648_001, 4_294_967_296_001, 13_569_465_600_123],
]

/** Rounded down, before 1970 too. */
function millisecondsOf(nanoseconds: bigint): number {
  const rest = ((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n
  return Number((nanoseconds - rest) / 1_000_000n)
}

const names = async (disk: Disk, path: string): Promise<readonly string[]> =>
  (await disk.readdir(path)).map((entry) => new TextDecoder().decode(entry.name)).sort()

export const DISK_CASES: readonly DiskCase[] = [
  {
    rule: 'DISK-1',
    title: 'create is exclusive, read and write need the file',
    run: async ({ disk, directory }) => {
      await put(disk, `${directory}/a`, 'one')
      assert.equal(await codeOf(() => disk.open(`${directory}/a`, 'create')), 'EEXIST')
      assert.equal(await codeOf(() => disk.open(`${directory}/b`, 'read')), 'ENOENT')
      assert.equal(await codeOf(() => disk.open(`${directory}/b`, 'write')), 'ENOENT')
      assert.equal(await content(disk, `${directory}/a`), 'one')
    },
  },
  {
    rule: 'DISK-2',
    title: 'a symlink in the last component is not followed by open and told by lstat',
    needs: ['symlink'],
    run: async ({ disk, directory, symlink }) => {
      await put(disk, `${directory}/a`, 'one')
      await required(symlink)(`${directory}/a`, `${directory}/link`)
      assert.equal(await codeOf(() => disk.open(`${directory}/link`, 'read')), 'ELOOP')
      assert.equal(await codeOf(() => disk.open(`${directory}/link`, 'write')), 'ELOOP')
      assert.equal(await codeOf(() => disk.open(`${directory}/link`, 'create')), 'EEXIST')
      assert.equal((await disk.lstat(`${directory}/link`)).kind, 'symlink')
    },
  },
  {
    rule: 'DISK-3',
    title: 'writes land at their position, truncate cuts and extends with zeros',
    run: async ({ disk, directory }) => {
      const file = await disk.open(`${directory}/a`, 'create', 0o600)
      await file.write(text('hello world'), 0)
      await file.write(text('J'), 0)
      await file.truncate(5)
      assert.equal((await file.stat()).size, 5)
      const into = new Uint8Array(10)
      assert.equal(await file.read(into, 0), 5)
      assert.equal(new TextDecoder().decode(into.subarray(0, 5)), 'Jello')
      assert.equal(await file.read(into, 5), 0)
      await file.truncate(7)
      assert.equal(await file.read(into, 5), 2)
      assert.deepEqual([...into.subarray(0, 2)], [0, 0])
      await file.sync()
      await file.close()
    },
  },
  {
    rule: 'DISK-4',
    title: 'link gives a second name to the same file and refuses an occupied one',
    needs: ['links'],
    run: async ({ disk, directory }) => {
      await put(disk, `${directory}/a`, 'one')
      await put(disk, `${directory}/b`, 'two')
      await disk.link(`${directory}/a`, `${directory}/c`)
      const [a, c] = [await disk.lstat(`${directory}/a`), await disk.lstat(`${directory}/c`)]
      assert.deepEqual([a.dev, a.ino, a.birthtimeNs, a.nlink], [c.dev, c.ino, c.birthtimeNs, 2n])
      assert.equal(await codeOf(() => disk.link(`${directory}/a`, `${directory}/b`)), 'EEXIST')
      await disk.unlink(`${directory}/a`)
      assert.equal(await content(disk, `${directory}/c`), 'one')
      assert.equal((await disk.lstat(`${directory}/c`)).nlink, 1n)
    },
  },
  {
    rule: 'DISK-5',
    title: 'rename replaces a file and keeps the identity and modification time of the moved one',
    run: async ({ disk, directory }) => {
      await put(disk, `${directory}/a`, 'one')
      await put(disk, `${directory}/b`, 'two')
      const before = await disk.lstat(`${directory}/a`)
      await disk.rename(`${directory}/a`, `${directory}/b`)
      const after = await disk.lstat(`${directory}/b`)
      assert.deepEqual([after.ino, after.birthtimeNs, after.mtimeNs], [before.ino, before.birthtimeNs, before.mtimeNs])
      assert.deepEqual(await names(disk, directory), ['b'])
      assert.equal(await content(disk, `${directory}/b`), 'one')
    },
  },
  {
    rule: 'DISK-6',
    title: 'rename never merges kinds, never empties a full directory, never puts one below itself',
    run: async ({ disk, directory }) => {
      await disk.mkdir(`${directory}/d`)
      await disk.mkdir(`${directory}/full`)
      await put(disk, `${directory}/full/x`, 'x')
      await put(disk, `${directory}/f`, 'f')
      assert.equal(await codeOf(() => disk.rename(`${directory}/f`, `${directory}/d`)), 'EISDIR')
      assert.equal(await codeOf(() => disk.rename(`${directory}/d`, `${directory}/f`)), 'ENOTDIR')
      assert.match(
        String(await codeOf(() => disk.rename(`${directory}/d`, `${directory}/full`))),
        /^(ENOTEMPTY|EEXIST)$/,
      )
      assert.equal(await codeOf(() => disk.rename(`${directory}/full`, `${directory}/full/in`)), 'EINVAL')
      assert.equal(await content(disk, `${directory}/full/x`), 'x')
      assert.deepEqual(await names(disk, directory), ['d', 'f', 'full'])
    },
  },
  {
    rule: 'DISK-7',
    title: 'rmdir refuses a full directory, unlink a directory, mkdir an occupied name',
    run: async ({ disk, directory }) => {
      await disk.mkdir(`${directory}/d`)
      await put(disk, `${directory}/d/x`, 'x')
      assert.match(String(await codeOf(() => disk.rmdir(`${directory}/d`))), /^(ENOTEMPTY|EEXIST)$/)
      assert.match(String(await codeOf(() => disk.unlink(`${directory}/d`))), /^(EISDIR|EPERM)$/)
      assert.equal(await codeOf(() => disk.mkdir(`${directory}/d`)), 'EEXIST')
      await disk.unlink(`${directory}/d/x`)
      await disk.rmdir(`${directory}/d`)
      assert.equal(await codeOf(() => disk.lstat(`${directory}/d`)), 'ENOENT')
    },
  },
  {
    rule: 'DISK-8',
    title: 'a component that is a file is ENOTDIR, a missing one ENOENT',
    run: async ({ disk, directory }) => {
      await put(disk, `${directory}/f`, 'f')
      assert.equal(await codeOf(() => disk.lstat(`${directory}/f/x`)), 'ENOTDIR')
      assert.equal(await codeOf(() => disk.lstat(`${directory}/no/x`)), 'ENOENT')
      assert.equal(await codeOf(() => disk.readdir(`${directory}/f`)), 'ENOTDIR')
      assert.equal(await codeOf(() => disk.readdir(`${directory}/no`)), 'ENOENT')
    },
  },
  {
    rule: 'DISK-9',
    title:
      'whole milliseconds set by utimes, before 1970 too, are read back as such; chmod keeps the modification time',
    needs: ['modes', 'times'],
    run: async ({ disk, directory }) => {
      await put(disk, `${directory}/a`, 'one')
      for (const time of TIMES) {
        await disk.utimes(`${directory}/a`, time, time)
        const { mtimeNs } = await disk.lstat(`${directory}/a`)
        assert.equal(millisecondsOf(mtimeNs), time)
        const file = await disk.open(`${directory}/a`, 'write')
        await file.utimes(time + 1, time + 1)
        await file.chmod(0o640)
        await file.close()
        await disk.chmod(`${directory}/a`, 0o600)
        assert.equal(millisecondsOf((await disk.lstat(`${directory}/a`)).mtimeNs), time + 1)
        assert.equal((await disk.lstat(`${directory}/a`)).mode, 0o600)
      }
    },
  },
  {
    rule: 'DISK-10',
    title: 'names come back byte for byte, hidden and awkward ones too, and a name beyond the limit is refused',
    run: async ({ disk, directory }) => {
      const awkward = [
        '.hidden',
        'a b',
        'caf\u00e9',
        'cafe\u0301',
        '\u{1f30a}',
        'x'.repeat(255),
        '__proto__',
        'new\nline',
      ]
      for (const name of awkward) await put(disk, `${directory}/${name}`, name.slice(0, 8))
      assert.deepEqual(await names(disk, directory), [...awkward].sort())
      assert.equal(await codeOf(() => disk.open(`${directory}/${'y'.repeat(256)}`, 'create')), 'ENAMETOOLONG')
    },
  },
  {
    rule: 'DISK-11',
    title: 'an open file goes on after a rename and after its last name is gone',
    needs: ['open-files'],
    run: async ({ disk, directory }) => {
      await put(disk, `${directory}/a`, 'one')
      const file = await disk.open(`${directory}/a`, 'read')
      await disk.rename(`${directory}/a`, `${directory}/b`)
      await disk.unlink(`${directory}/b`)
      const into = new Uint8Array(3)
      assert.equal(await file.read(into, 0), 3)
      assert.equal(new TextDecoder().decode(into), 'one')
      await file.close()
    },
  },
  {
    rule: 'DISK-12',
    title: 'directories are made with the mode asked',
    needs: ['modes'],
    run: async ({ disk, directory }) => {
      await disk.mkdir(`${directory}/d`, 0o700)
      assert.equal((await disk.lstat(`${directory}/d`)).mode & 0o777, 0o700)
    },
  },
  {
    rule: 'DISK-12',
    title: 'entries of a directory can be flushed',
    run: async ({ disk, directory }) => {
      await disk.mkdir(`${directory}/d`)
      await disk.syncDirectory(`${directory}/d`)
      assert.equal(await codeOf(() => disk.syncDirectory(`${directory}/none`)), 'ENOENT')
    },
  },
  {
    rule: 'DISK-13',
    title: 'what was seen is replaced in one step, and the new content has one name',
    needs: ['replaceIf'],
    run: async ({ disk, directory }) => {
      const replaceIf = required(disk.replaceIf?.bind(disk))
      await put(disk, `${directory}/old`, 'old')
      await put(disk, `${directory}/new`, 'brand new')
      const fresh = await disk.lstat(`${directory}/new`)
      assert.equal(await replaceIf(`${directory}/new`, `${directory}/old`, await disk.lstat(`${directory}/old`)), true)
      const after = await disk.lstat(`${directory}/old`)
      assert.deepEqual([after.ino, after.mtimeNs, after.size], [fresh.ino, fresh.mtimeNs, fresh.size])
      assert.equal(await content(disk, `${directory}/old`), 'brand new')
      assert.deepEqual(await names(disk, directory), ['old'])
      await put(disk, `${directory}/new`, 'first')
      assert.equal(await replaceIf(`${directory}/new`, `${directory}/free`, null), true)
      assert.equal(await content(disk, `${directory}/free`), 'first')
      assert.deepEqual(await names(disk, directory), ['free', 'old'])
    },
  },
  {
    rule: 'DISK-13',
    title: 'what is another by now, or stands where nothing was seen, stays',
    needs: ['replaceIf'],
    run: async ({ disk, directory }) => {
      const replaceIf = required(disk.replaceIf?.bind(disk))
      await put(disk, `${directory}/new`, 'brand new')
      await put(disk, `${directory}/old`, 'old')
      const seen = await disk.lstat(`${directory}/old`)
      await disk.unlink(`${directory}/old`)
      assert.equal(await replaceIf(`${directory}/new`, `${directory}/old`, seen), false)
      await put(disk, `${directory}/old`, 'own content')
      for (const wanted of [seen, null]) {
        assert.equal(await replaceIf(`${directory}/new`, `${directory}/old`, wanted), false)
        assert.equal(await content(disk, `${directory}/old`), 'own content')
      }
      await disk.unlink(`${directory}/old`)
      await disk.mkdir(`${directory}/old`)
      for (const wanted of [seen, null])
        assert.equal(await replaceIf(`${directory}/new`, `${directory}/old`, wanted), false)
      assert.equal(await content(disk, `${directory}/new`), 'brand new')
      assert.deepEqual(await names(disk, directory), ['new', 'old'])
    },
  },
]
