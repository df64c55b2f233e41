/** SPEC 3, rule by rule: a disk that was synced, the disk as it is now, and what became of each node. */

import test from 'ava'
import type { Listing } from '../../src/interfaces/local-store.js'
import type { DiskTraits } from '../../src/model/disk-traits.js'
import { type NodeId, ROOT_ID } from '../../src/model/ids.js'
import { sameStamp } from '../../src/model/stamp.js'
import { type Presence, placeKey } from '../../src/model/tree.js'
import { milliseconds, recorded } from '../../src/reconcile/observe-content.js'
import { foldName, nameOnDisk } from '../../src/reconcile/observe-names.js'
import { idOf, type Inode, Rows, run, type RunOptions, textOf, TRAITS, World } from './observe-world.js'

/**
 * A disk in a line: `a=1:text` is a file of inode 1 (`1'`: the inode used again), `a=1:text@5` changed at second 5, `+x` executable;
 * `d/=2` a directory; `s@` a symlink, `p!` a pipe, `u?` an entry without an answer, `m%=9` a mount, `n^=9` a nested root,
 * `i~` a name that is no text; `d/=2#` a directory that cannot be listed, `a=1:text#busy` a file that cannot be read.
 */
function put(world: World, line: string): void {
  world.root.children.clear()
  const inodes = new Map<string, Inode>()
  for (const token of line.split(' ').filter((part) => part !== '')) {
    const parsed = /^(.+?)([/@!?%^~]?)(?:=(\d+)('?))?(?::([^@#+]*))?(?:@(-?\d+))?(\+x)?(?:#(\w*))?$/.exec(token)
    if (parsed === null) throw new Error(`not a token: ${token}`)
    const [, path = '', mark = '', number, again, content = '', second = '0', executable, answer] = parsed
    const kinds = {
      '/': 'directory',
      '@': 'symlink',
      '!': 'special',
      '?': 'unreadable',
      '%': 'directory',
      '^': 'directory',
    } as const
    const kind = mark === '' || mark === '~' ? 'file' : kinds[mark as keyof typeof kinds]
    const ino = number === undefined ? 900 + inodes.size : Number(number)
    const key = `${ino}${again}`
    const inode = inodes.get(key) ?? world.inode(kind, content, ino)
    inodes.set(key, inode)
    inode.born = again === "'" ? ino + 1000 : ino
    inode.mtime = inode.ctime = Number(second) * 1000
    inode.executable = executable !== undefined
    inode.boundary = mark === '%' ? 'mount' : mark === '^' ? 'nested-root' : null
    inode.validName = mark !== '~'
    inode.answer = answer === undefined ? null : answer === '' ? 'unknown' : (answer as 'busy' | 'absent')
    const at = path.lastIndexOf('/')
    const parent = world.find(at < 0 ? '' : path.slice(0, at))
    if (parent === undefined) throw new Error(`no directory for ${token}`)
    parent.children.set(path.slice(at + 1), inode)
  }
}

interface Case extends RunOptions {
  readonly traits?: Partial<DiskTraits>
  /** Presence of synced rows, by path, before the last disk is seen. */
  readonly presence?: Readonly<Record<string, Presence>>
  /** How the disk spelled what the rows call otherwise: the names of synced rows, by the path of the first disk. */
  readonly named?: Readonly<Record<string, string>>
}

interface Outcome {
  readonly said: string
  readonly rows: Rows
  readonly idAt: ReadonlyMap<string, NodeId>
  readonly result: ReturnType<typeof run>
}

/** The first disk is synced; the others are observed one after the other, the last with the options. */
function play(disks: readonly string[], options: Case = {}): Outcome {
  const world = new World(options.traits)
  world.now = 100_000_000
  const rows = new Rows()
  put(world, disks[0] ?? '')
  rows.store(run(world, rows).observation)
  rows.accept()
  const idAt = rows.paths()
  const pathOf = new Map([...idAt].map(([path, id]) => [id, path]))
  for (const [path, presence] of Object.entries(options.presence ?? {}))
    change(rows, idAt, path, (row) => ({ ...row, presence }))
  for (const [path, name] of Object.entries(options.named ?? {})) {
    change(rows, idAt, path, (row) => ({ ...row, node: { ...row.node, name, key: name } }))
  }
  for (const disk of disks.slice(1, -1)) {
    put(world, disk)
    rows.store(run(world, rows).observation)
  }
  put(world, disks.at(-1) ?? '')
  const result = run(world, rows, options)
  rows.store(result.observation)
  const { observation } = result
  const now = new Map([...rows.paths()].map(([path, id]) => [id, path]))
  const said: string[] = []
  for (const [id, local] of rows.localRows) {
    const before = pathOf.get(id)
    const path = now.get(id)
    if (local === 'deleted') said.push(`-${before}`)
    else if (before === undefined)
      said.push(local.node.kind === 'directory' ? `+${path}/` : `+${path}=${textOf(local.node.content)}`)
    else {
      const synced = rows.synced(id)?.node
      const edited = synced?.content === local.node.content ? '' : `=${textOf(local.node.content)}`
      const mode = synced?.executable === local.node.executable ? '' : local.node.executable ? '+x' : '-x'
      said.push(`${before}${before === path ? '' : `>${path}`}${edited}${mode}`)
    }
  }
  for (const [id, presence] of observation.presence) said.push(`${pathOf.get(id)}:${presence}`)
  for (const id of observation.forget) said.push(`${pathOf.get(id)}:forgotten`)
  for (const id of observation.frozen) said.push(`${pathOf.get(id) ?? now.get(id)}:frozen`)
  for (const problem of observation.problems) said.push(`${problem.path}!${problem.code}`)
  return { said: said.sort().join(' '), rows, idAt, result }
}

function change(
  rows: Rows,
  idAt: ReadonlyMap<string, NodeId>,
  path: string,
  how: (row: NonNullable<ReturnType<Rows['synced']>>) => typeof row,
): void {
  const id = idAt.get(path)
  const row = id === undefined ? null : rows.synced(id)
  if (row === null) throw new Error(`nothing synced at ${path}`)
  rows.put(how(row))
}

const FOLDING = { case: 'preserving' } as const
const WEAK = { fileIds: 'weak' } as const
const NO_IDS = { fileIds: 'none' } as const
const IGNORE = (path: string): boolean => /(^|\/)ig/.test(path)

const TABLE: readonly (readonly [title: string, disks: readonly string[], said: string, options?: Case])[] = [
  ['nothing changed', ['a=1:x d/=2 d/b=3:y', 'a=1:x d/=2 d/b=3:y'], ''],
  ['new file and directory', ['', 'd/=1 d/a=2:x'], '+d/ +d/a=x'],
  ['new empty file', ['', 'a=1:'], '+a='],
  ['deleted file', ['a=1:x', ''], '-a'],
  ['deleted directory with all below', ['d/=1 d/e/=2 d/e/a=3:x', ''], '-d -d/e -d/e/a'],
  ['executable bit', ['a=1:x', 'a=1:x@5+x'], 'a+x'],
  ['executable bit on a disk that has none', ['a=1:x', 'a=1:x@5+x'], '', { traits: { executableBit: false } }],

  // 4: content
  ['edit in place', ['a=1:x', 'a=1:y@5'], 'a=y'],
  ['a touch is no change', ['a=1:x', 'a=1:x@5'], ''],
  ['INV-16: same stamp on a strong disk is trusted', ['a=1:x', 'a=1:y'], ''],
  ['INV-16: same stamp on a weak disk is read', ['a=1:x', 'a=1:y'], 'a=y', { traits: { stamps: 'weak' } }],
  ['INV-16: same stamp, thorough scan', ['a=1:x', 'a=1:y'], 'a=y', { verify: () => true }],
  ['an edit taken back', ['a=1:x', 'a=1:y@5', 'a=1:x@6'], ''],
  ['a delete taken back', ['a=1:x', '', 'a=1:x'], ''],
  ['a move taken back', ['a=1:x', 'b=1:x', 'a=1:x'], ''],
  ['busy file', ['a=1:x', 'a=1:y@5#busy'], 'a!busy a:frozen'],
  ['file that vanished between listing and reading', ['a=1:x', 'a=1:y@5#absent'], 'a!busy a:frozen'],
  ['file that cannot be read', ['a=1:x', 'a=1:y@5#unknown'], 'a!unreadable a:frozen'],
  ['busy new file', ['', 'a=1:y#busy'], 'a!busy'],
  ['busy moved file is not deleted', ['a=1:x', 'b=1:x#busy'], 'a:frozen b!busy'],

  // 2b: save patterns
  ['truncate and write', ['a=1:x', 'a=1:@5', 'a=1:y@6'], 'a=y'],
  ['temporary file renamed over', ['a=1:x', 'a=2:y@5'], 'a=y'],
  ['temporary file seen, then renamed over', ['a=1:x', 'a=1:x t=2:y@5', 'a=2:y@5'], 'a=y'],
  ['backup renamed away, new file created', ['a=1:x', 'a~b=1:x a=2:y@5'], '+a~b=x a=y'],
  ['the same, seen half-way', ['a=1:x', 'a~b=1:x', 'a~b=1:x a=2:y@5'], '+a~b=x a=y'],
  ['one synced file renamed over another', ['a=1:x b=2:y', 'a=2:y'], '-b a=y'],
  ['deleted and created again', ['a=1:x', "a=1':y@5"], 'a=y'],
  ['saved over after a move', ['a=1:x', 'b=1:x', 'b=2:y@5'], 'a>b=y'],

  // 2c: provisional files
  ['provisional file edited', ['', 'a=1:x', 'a=1:y@5'], '+a=y'],
  ['provisional file moved', ['', 'a=1:x', 'b=1:x'], '+b=x'],
  ['provisional file saved over', ['', 'a=1:x', 'a=2:y@5'], '+a=y'],
  ['provisional file gone', ['', 'a=1:x', ''], ''],
  ['provisional directory moved', ['', 'd/=1 d/a=2:x', 'e/=1 e/a=2:x'], '+e/ +e/a=x'],

  // 2d, 2a: moves
  ['file renamed', ['a=1:x', 'b=1:x'], 'a>b'],
  ['file renamed and edited', ['a=1:x', 'b=1:y@5'], 'a>b=y'],
  ['moved: the digest is taken even with an equal stamp', ['a=1:x', 'b=1:y'], 'a>b=y'],
  ['file moved into a new directory', ['a=1:x', 'd/=2 d/a=1:x'], '+d/ a>d/a'],
  ['file moved out of a deleted directory', ['d/=2 d/a=1:x d/b=3:y', 'a=1:x'], '-d -d/b d/a>a'],
  ['swap', ['a=1:x b=2:y', 'a=2:y b=1:x'], 'a>b b>a'],
  ['rotation of three', ['a=1:x b=2:y c=3:z', 'a=3:z b=1:x c=2:y'], 'a>b b>c c>a'],
  ['swap across directories', ['d/=8 d/a=1:x b=2:y', 'd/=8 d/a=2:y b=1:x'], 'b>d/a d/a>b'],
  ['swap with an edit', ['a=1:x b=2:y', 'a=2:z@5 b=1:x'], 'a>b b>a=z'],
  ['swap seen before', ['a=1:x b=2:y', 'a=2:y b=1:x', 'a=2:y b=1:x'], 'a>b b>a'],
  ['swap seen before, one end gone', ['a=1:x b=2:y', 'a=2:y b=1:x', 'a=2:y'], '-a b>a'],
  ['no closed cycle: each place keeps its node', ['a=1:x b=2:y', 'b=1:x c=2:y'], '+c=y -a b=x'],
  ['hard link: the synced place keeps the node', ['a=1:x', 'a=1:x b=1:x'], '+b=x'],
  ['hard links, one removed', ['a=1:x b=1:x', 'b=1:x'], '-a'],
  ['hard link, the first then renamed', ['a=1:x', 'a=1:x b=1:x', 'c=1:x b=1:x'], '+b=x a>c'],
  ['inode used again, with birth time', ['a=1:x', "b=1':y@5"], '+b=y -a'],
  ['inode used again, without: the digest tells the content', ['a=1:x', "b=1':y@5"], 'a>b=y', { traits: WEAK }],

  // 2e: no file ids
  ['no ids: unique pair of equal content moved', ['a=1:x', 'b=1:x'], 'a>b', { traits: NO_IDS }],
  ['no ids: moved, seen again', ['a=1:x', 'b=1:x', 'b=1:x'], 'a>b', { traits: NO_IDS }],
  ['no ids: empty files are not paired', ['a=1:', 'b=1:'], '+b= -a', { traits: NO_IDS }],
  ['no ids: two candidates are not paired', ['a=1:x b=2:x', 'c=1:x'], '+c=x -a -b', { traits: NO_IDS }],
  ['no ids: two that appeared are not paired', ['a=1:x', 'b=1:x c=2:x'], '+b=x +c=x -a', { traits: NO_IDS }],
  ['no ids: edited in place', ['a=1:x', 'a=1:y@5'], 'a=y', { traits: NO_IDS }],
  [
    'no ids: directory renamed, files inside paired',
    ['d/=1 d/a=2:x', 'e/=1 e/a=2:x'],
    '+e/ -d d/a>e/a',
    { traits: NO_IDS },
  ],
  ['no ids: provisional places stay', ['', 'd/=1 d/a=2:x', 'd/=1 d/a=2:x'], '+d/ +d/a=x', { traits: NO_IDS }],

  // 1: directories
  ['directory renamed', ['d/=1 d/a=2:x', 'e/=1 e/a=2:x'], 'd>e'],
  ['directory moved below another', ['d/=1 d/a=2:x e/=3', 'e/=3 e/d/=1 e/d/a=2:x'], 'd>e/d'],
  ['parent and child change places', ['d/=1 d/e/=2 d/e/a=3:x', 'e/=2 e/a=3:x e/d/=1'], 'd/e>e d>e/d'],
  ['directories swapped', ['d/=1 d/a=2:x e/=3 e/b=4:y', 'd/=3 d/b=4:y e/=1 e/a=2:x'], 'd>e e>d'],
  ['directory replaced', ['d/=1 d/a=2:x', 'd/=3 d/a=4:y@5'], 'd/a=y'],
  ['moved away, another in its place', ['d/=1 d/a=2:x', 'd/=3 e/=1 e/a=2:x'], '+d/ d>e'],
  ['weak ids: moved, shares a child', ['d/=1 d/a=2:x', 'e/=1 e/a=2:x'], 'd>e', { traits: WEAK }],
  ['weak ids: moved, both empty', ['d/=1', 'e/=1'], 'd>e', { traits: WEAK }],
  [
    'weak ids: inode used again by a stranger',
    ['d/=1 d/a=2:x', 'e/=1 e/b=3:y'],
    '+e/ +e/b=y -d -d/a',
    { traits: WEAK },
  ],
  ['weak ids: emptied in place', ['d/=1 d/a=2:x', 'd/=1'], '-d/a', { traits: WEAK }],
  ['file became a directory', ['a=1:x', 'a/=2 a/b=3:y'], '+a/ +a/b=y -a'],
  ['directory became a file', ['a/=2 a/b=3:y', 'a=1:x'], '+a=x -a -a/b'],
  ['file moved into the directory that took its name', ['a=1:x', 'a/=2 a/b=1:x'], '+a/ a>a/b'],

  // 0: no answer, other things
  [
    'INV-19: unlisted subtree is frozen, never deleted',
    ['d/=1 d/e/=2 d/e/a=3:x', 'd/=1#'],
    'd!unreadable d/e/a:frozen d/e:frozen d:frozen',
  ],
  [
    'moved out of an unlisted directory: not proven',
    ['d/=1 d/a=2:x', 'd/=1# b=2:x'],
    '+b=x d!unreadable d/a:frozen d:frozen',
  ],
  [
    'directory moved out of an unlisted one',
    ['d/=1 d/e/=2 d/e/a=3:x', 'd/=1# e/=2 e/a=3:x'],
    'd!unreadable d/e>e d:frozen',
  ],
  ['mount over a synced directory', ['d/=1 d/a=2:x', 'd%=9'], 'd!other-file-system d/a:frozen d:frozen'],
  ['nested root in a synced place', ['d/=1 d/a=2:x', 'd^=1'], 'd!nested-root d/a:frozen d:frozen'],
  ['symlink in place of a synced file', ['a=1:x', 'a@'], 'a!symlink a:frozen'],
  ['symlink left behind by a move', ['a=1:x', 'a@ b=1:x'], 'a!symlink a>b'],
  ['symlink left behind by a moved directory', ['d/=1 d/a=2:x', 'd@ e/=1 e/a=2:x'], 'd!symlink d>e'],
  ['pipe in place of a synced file', ['a=1:x', 'a!'], 'a!special-file a:frozen'],
  ['entry without an answer', ['a=1:x', 'a?'], 'a!unreadable a:frozen'],
  ['entry without an answer: a move is not proven', ['a=1:x', 'a? b=1:x'], '+b=x a!unreadable a:frozen'],
  ['invalid name never hides its look-alike', ['b=1:x', 'b=1:x c~=2:y'], 'c!invalid-name'],

  // names
  ['case-only rename where case counts', ['a=1:x', 'A=1:x'], 'a>A'],
  ['case-only rename on a folding disk', ['a=1:x', 'A=1:x'], 'a>A', { traits: FOLDING }],
  ['case-only rename by saving anew on a folding disk', ['a=1:x', 'A=2:y@5'], 'a>A=y', { traits: FOLDING }],
  ['case twins where case counts', ['a=1:x', 'a=1:x A=2:y'], '+A=y'],
  ['directory case-only rename on a folding disk', ['d/=1 d/a=2:x', 'D/=1 D/a=2:x'], 'd>D', { traits: FOLDING }],
  [
    'the twin of a held row is the present one',
    ['a=1:x A=2:y', 'a=1:x'],
    '',
    { presence: { A: 'held' }, traits: FOLDING },
  ],

  // presence
  ...(['pending', 'held', 'excluded', 'placeholder'] as const)
    .map(
      (presence) =>
        [
          `absent ${presence} row is not deleted`,
          ['a=1:x iga=2:y', ''],
          '',
          { presence: { a: presence }, ignored: (path: string) => path === 'a' || IGNORE(path) },
        ] as const,
    )
    .map(([title, disks, , options]) => [title, disks, 'iga:excluded', options] as const),
  ['a file at a pending place is new', ['a=1:x', 'a=2:y'], '+a=y', { presence: { a: 'pending' } }],
  ['a file at a held place is new', ['a=1:x', 'a=2:y'], '+a=y', { presence: { a: 'held' } }],
  ['remnant stays', ['d/=1 d/a=2:x', 'd/=1 d/a=2:x'], '', { presence: { d: 'remnant' } }],
  ['remnant removed by hand', ['d/=1', ''], 'd:forgotten', { presence: { d: 'remnant' } }],
  ['remnant edited', ['a=1:x', 'a=1:y@5'], 'a:present a=y', { presence: { a: 'remnant' } }],
  ['something added to a remnant', ['d/=1', 'd/=1 d/b=3:y'], '+d/b=y', { presence: { d: 'remnant' } }],

  // ignore rules
  ['INV-34: becomes ignored', ['iga=1:x', 'iga=1:x'], 'iga:excluded', { ignored: IGNORE }],
  ['INV-34: becomes ignored and is gone', ['iga=1:x', ''], 'iga:excluded', { ignored: IGNORE }],
  [
    'becomes ignored, with all below',
    ['ig/=1 ig/a=2:x', 'ig/=1 ig/a=2:y@5'],
    'ig/a:excluded ig:excluded',
    { ignored: IGNORE },
  ],
  ['stays ignored', ['iga=1:x', 'iga=1:z@9'], '', { ignored: IGNORE, presence: { iga: 'excluded' } }],
  ['new ignored file', ['', 'iga=1:x'], '', { ignored: IGNORE }],
  ['provisional file becomes ignored', ['', 'iga=1:x', 'iga=1:x'], '', { ignored: IGNORE }],
  ['leaves the rules', ['a=1:x', 'a=1:x'], '+a=x a:forgotten', { presence: { a: 'excluded' } }],
  ['leaves the rules, not on the disk', ['a=1:x', ''], 'a:forgotten', { presence: { a: 'excluded' } }],
  [
    'directory leaves the rules',
    ['d/=1 d/a=2:x', 'd/=1 d/a=2:x'],
    '+d/ +d/a=x d/a:forgotten d:forgotten',
    { presence: { d: 'excluded', 'd/a': 'excluded' } },
  ],
  ['moved into an ignored place', ['a=1:x', 'iga=1:x'], 'a:forgotten', { ignored: IGNORE }],
  [
    'moved into an ignored directory',
    ['a=1:x ig/=2', 'ig/=2 ig/a=1:x'],
    'a:forgotten',
    { ignored: IGNORE, presence: { ig: 'excluded' } },
  ],
  [
    'directory moved into an ignored one',
    ['d/=1 d/a=3:x ig/=2', 'ig/=2 ig/d/=1 ig/d/a=3:x'],
    'd/a:forgotten d:forgotten',
    { ignored: IGNORE, presence: { ig: 'excluded' } },
  ],
  ['moved out of an ignored place', ['iga=1:x', 'b=1:x'], '+b=x', { ignored: IGNORE, presence: { iga: 'excluded' } }],

  // partial scans
  [
    'partial: unlisted directories are not looked at',
    ['d/=1 d/a=2:x e/=3 e/b=4:y', 'd/=1 e/=3'],
    '-d/a',
    { dirty: ['d'] },
  ],
  [
    'partial: a file that arrived widens to where it was',
    ['d/=1 d/a=2:x e/=3', 'd/=1 e/=3 e/a=2:x'],
    'd/a>e/a',
    { dirty: ['e'] },
  ],
  ['partial: a second link is none', ['d/=1 d/a=2:x e/=3', 'd/=1 d/a=2:x e/=3 e/a=2:x'], '+e/a=x', { dirty: ['e'] }],
  [
    'partial: swap across directories',
    ['d/=1 d/a=2:x e/=3 e/b=4:y', 'd/=1 d/a=4:y e/=3 e/b=2:x'],
    'd/a>e/b e/b>d/a',
    { dirty: ['d'] },
  ],
  ['partial: new directories are listed', ['', 'd/=1 d/e/=2 d/e/a=3:x'], '+d/ +d/e/ +d/e/a=x', { dirty: [''] }],
  [
    'partial: moved directory',
    ['d/=1 d/e/=2 d/e/a=3:x f/=4', 'd/=1 f/=4 f/e/=2 f/e/a=3:x'],
    'd/e>f/e',
    { dirty: ['f'] },
  ],
  [
    'partial: a path nobody knows widens upwards',
    ['', 'd/=1 d/e/=2 d/e/a=3:x'],
    '+d/ +d/e/ +d/e/a=x',
    { dirty: ['d/e'] },
  ],
  [
    'partial: another directory under the path',
    ['d/=1 d/a=2:x', 'd/=5 d/b=6:y e/=1 e/a=2:x'],
    '+d/ +d/b=y d>e',
    { dirty: ['d'] },
  ],
  ['partial: the listed directory is gone', ['d/=1 d/a=2:x e/=3', 'e/=3'], '-d -d/a', { dirty: ['d'] }],
  ['partial: cannot be listed', ['d/=1 d/a=2:x', 'd/=1#'], 'd!unreadable d/a:frozen d:frozen', { dirty: ['d'] }],
  [
    'partial: below an ignored directory',
    ['ig/=1 ig/a=2:x', 'ig/=1 ig/a=2:y@5'],
    '',
    { dirty: ['ig'], ignored: IGNORE, presence: { ig: 'excluded', 'ig/a': 'excluded' } },
  ],
  [
    'partial: a directory moved below its own child',
    ['a/=1 a/b/=2 a/b/f=3:x', 'a/=7 a/b/=2 a/b/f=3:x a/b/a/=1'],
    '+a/ a>a/b/a a/b',
    { dirty: ['a/b'] },
  ],
]

for (const [title, disks, said, options] of TABLE) {
  test(title, (t) => {
    const expected = said
      .split(' ')
      .filter((part) => part !== '')
      .sort()
      .join(' ')
    t.is(play(disks, options).said, expected)
  })
}

/** NFD, as a disk of the Macintosh of old spells it. */
const E_NFC = '\u00e9'
const E_NFD = 'e\u0301'

for (const unicode of ['nfd', 'nfc', 'insensitive'] as const) {
  const spelled = unicode === 'nfc' ? E_NFC : E_NFD
  const agreed = unicode === 'nfc' ? E_NFD : E_NFC
  test(`INV-22: a disk that shows the other form has renamed nothing (${unicode})`, (t) => {
    const options = { traits: { unicode }, named: { [spelled]: agreed } }
    t.is(play([`${spelled}=1:x`, `${spelled}=1:x`], options).said, '')
    t.is(play([`${spelled}=1:x`, `${spelled}=1:y@5`], options).said, `${spelled}>${agreed}=y`)
    t.is(
      play([`${spelled}/=1 ${spelled}/a=2:x`, `${spelled}/=1 ${spelled}/a=3:y@5`], options).said,
      `${spelled}/a>${agreed}/a=y`,
    )
  })
}

test('INV-22: NFC and NFD twins are two files where the disk keeps both', (t) => {
  t.is(play([`${E_NFC}=1:x`, `${E_NFC}=1:x ${E_NFD}=2:y`]).said, `+${E_NFD}=y`)
  t.is(play([`${E_NFC}=1:x ${E_NFD}=2:y`, `${E_NFC}=1:x`]).said, `-${E_NFD}`)
})

test('INV-22: on a disk that holds one of two twins, the exact name comes first', (t) => {
  const twins = [`${E_NFC}=1:x ${E_NFD}=2:y`, `${E_NFD}=2:y`]
  t.is(play(twins, { traits: { unicode: 'insensitive' } }).said, `-${E_NFC}`)
})

test('names: folding and spelling', (t) => {
  const folding = { ...TRAITS, case: 'preserving', unicode: 'insensitive' } as const
  t.is(foldName('A\u0308', folding), foldName('\u00e4', folding))
  t.not(foldName('A', TRAITS), foldName('a', TRAITS))
  t.is(nameOnDisk(E_NFD, E_NFC, { ...TRAITS, unicode: 'nfd' }), E_NFC)
  t.is(nameOnDisk(E_NFD, E_NFC, TRAITS), E_NFD)
  t.is(nameOnDisk('A', 'a', folding), 'A')
})

test('occupied: the places no node stands for, below new directories too', (t) => {
  const { rows, result } = play(['', 'iga=1:x s@ d/=2 d/p! d/b=3:y#busy u? c~=9:z'], { ignored: IGNORE })
  const directory = rows.paths().get('d') as NodeId
  const expected = [
    placeKey(ROOT_ID, 'iga'),
    placeKey(ROOT_ID, 's'),
    placeKey(ROOT_ID, 'u'),
    placeKey(directory, 'p'),
    placeKey(directory, 'b'),
  ]
  t.deepEqual([...result.observation.occupied].sort(), expected.sort())
})

test('occupied: where a moved file could not be read', (t) => {
  const { result } = play(['a=1:x', 'b=1:x#busy'])
  t.deepEqual([...result.observation.occupied], [placeKey(ROOT_ID, 'b')])
})

test('paths: every node that was found, and no other', (t) => {
  const { result, rows, idAt } = play(['a=1:x d/=2 d/b=3:y', 'c=1:x d/=2 d/e/=4'])
  const ids = rows.paths()
  const expected = new Map([
    [ROOT_ID, ''],
    [idAt.get('a'), 'c'],
    [idAt.get('d'), 'd'],
    [ids.get('d/e'), 'd/e'],
  ])
  t.deepEqual([...result.observation.paths].sort(), [...expected].sort() as [NodeId, string][])
})

test('a listing that is missing from a full scan proves nothing', (t) => {
  const none = new Map<string, Listing | undefined>([['d', undefined]])
  t.is(play(['d/=1 d/a=2:x', 'd/=1'], { listings: none }).said, 'd!unlisted d/a:frozen d:frozen')
})

test('INV-19: a root without an answer freezes everything', (t) => {
  const unknown: Listing = { state: 'unknown', problem: { path: '', code: 'unreadable', message: 'no' } }
  t.is(play(['d/=1 d/a=2:x', ''], { listings: new Map([['', unknown]]) }).said, '!unreadable d/a:frozen d:frozen')
  t.is(play(['d/=1 d/a=2:x', ''], { listings: new Map([['', { state: 'absent' }]]) }).said, '!busy d/a:frozen d:frozen')
})

test('a directory that went away, or was exchanged, while the scan ran is frozen', (t) => {
  t.is(
    play(['d/=1 d/a=2:x', 'd/=1'], { listings: new Map([['d', { state: 'absent' }]]) }).said,
    'd!busy d/a:frozen d:frozen',
  )
  const other: Listing = { state: 'complete', directory: '77.77' as never, entries: [] }
  t.is(play(['d/=1 d/a=2:x', 'd/=1'], { listings: new Map([['d', other]]) }).said, 'd!busy d/a:frozen d:frozen')
})

test('a directory renamed while the scan ran, and seen twice, is one node', (t) => {
  const { said, rows } = play(['d/=1 d/a=2:x', 'd/=1 d/a=2:x e/=1 e/a=2:x'])
  t.is(said, 'e!busy')
  t.is(rows.paths().size, 2)
})

test('DESIGN 4.1: a touch keeps the time, an edit takes the new one, rounded down', (t) => {
  const touched = play(['a=1:x@3', 'a=1:x@5'])
  const id = touched.idAt.get('a') as NodeId
  t.is(touched.rows.seen(id)?.node.modifiedAt, 3000)
  t.is(touched.rows.synced(id)?.stamp?.mtimeNs, '5000000000')
  const edited = play(['a=1:x@3', 'a=1:y@-5'])
  t.is(edited.rows.seen(edited.idAt.get('a') as NodeId)?.node.modifiedAt, -5000)
  t.is(milliseconds('-1'), -1)
  t.is(milliseconds('1999999'), 1)
  t.is(milliseconds('1700000000000999999'), 1_700_000_000_000)
})

test('a provisional conflict copy that is edited stays one', (t) => {
  const world = new World()
  const rows = new Rows()
  put(world, 'a=1:x')
  rows.store(run(world, rows).observation)
  const [[id, local] = []] = [...rows.localRows]
  if (id === undefined || local === undefined || local === 'deleted') return t.fail('no row')
  rows.localRows.set(id, { ...local, node: { ...local.node, conflictOf: idOf('other') } })
  put(world, 'b=1:y@5')
  rows.store(run(world, rows).observation)
  const [now] = [...rows.localRows.values()]
  t.like(now, { provisional: true, node: { id, name: 'b', conflictOf: idOf('other') } })
})

test('INV-16: a stamp recorded within 2 s of the change, or a tick, is racy and never equal', (t) => {
  const stamp = (mtime: number, ctime: number) => ({
    size: 1,
    mtimeNs: `${mtime * 1e6}`,
    ctimeNs: `${ctime * 1e6}`,
    fileId: null,
  })
  const racy = (mtime: number, ctime: number, now: number, traits = TRAITS) =>
    recorded(stamp(mtime, ctime), traits, now).racy === true
  t.true(racy(9_000, 9_000, 10_000))
  t.true(racy(8_000, 8_000, 10_000))
  t.false(racy(7_999, 7_999, 10_000))
  t.true(racy(1_000, 9_000, 10_000), 'times set back by hand')
  t.false(racy(999_000, 1_000, 10_000), 'a time far ahead set by hand')
  t.true(racy(999_000, 999_000, 10_000), 'INV-14: the clock went back')
  t.true(racy(999_000, 0, 10_000), 'no change time: only the other one counts')
  t.true(racy(6_000, 6_000, 10_000, { ...TRAITS, mtimeGranularityNs: 5e9 }))
  t.false(sameStamp(recorded(stamp(9_000, 9_000), TRAITS, 10_000), stamp(9_000, 9_000)))
  t.true(sameStamp(recorded(stamp(9_000, 9_000), TRAITS, 90_000), stamp(9_000, 9_000)))
})

test('INV-16: an edit in the same tick as the one before is found by the next scan', (t) => {
  const world = new World()
  world.now = 10_000
  const rows = new Rows()
  put(world, 'a=1:x@10')
  rows.store(run(world, rows).observation)
  rows.accept()
  put(world, 'a=1:y@10')
  const second = run(world, rows)
  t.deepEqual(second.read, ['a'])
  rows.store(second.observation)
  t.deepEqual(rows.tree(), new Map([['a', 'y']]))
  world.now = 20_000
  rows.store(run(world, rows).observation)
  const settled = run(world, rows)
  t.deepEqual(settled.read, [], 'not racy any more')
  t.is(settled.observation.local.size + settled.observation.stamps.size, 0)
})

test('INV-05: a second scan of an unchanged disk reads and says nothing', (t) => {
  const { rows } = play(['a=1:x d/=2 d/b=3:y', 'c=1:x d/=2 d/b=3:z@5 e=4:w'])
  const world = new World()
  world.now = 100_000_000
  put(world, 'c=1:x d/=2 d/b=3:z@5 e=4:w')
  const { read, observation } = run(world, rows)
  t.deepEqual(read, [])
  t.is(observation.local.size + observation.stamps.size + observation.presence.size + observation.forget.length, 0)
})

test('a directory of 1,000 files renamed: one row, no file read', (t) => {
  const files = Array.from({ length: 1000 }, (_, index) => `/f${index}=${index + 10}:x`)
  const { said, result } = play([
    `d/=1 ${files.map((file) => `d${file}`).join(' ')}`,
    `e/=1 ${files.map((file) => `e${file}`).join(' ')}`,
  ])
  t.is(said, 'd>e')
  t.deepEqual(result.read, [])
  t.is(result.observation.local.size, 1)
})

test('a partial scan looks at what was listed, not at the tree', (t) => {
  const asked = (others: number): number => {
    const world = new World()
    world.now = 100_000_000
    const rows = new Rows()
    const elsewhere = Array.from({ length: others }, (_, index) => `o/f${index}=${index + 100}:x`).join(' ')
    put(world, `d/=1 d/a=2:x o/=3 ${elsewhere}`)
    rows.store(run(world, rows).observation)
    rows.accept()
    put(world, `d/=1 d/a=2:y@5 d/b=4:z o/=3 ${elsewhere}`)
    let calls = 0
    const counting = new Proxy(rows, {
      get: (target, name) => {
        calls++
        return Reflect.get(target, name, target) as unknown
      },
    })
    t.deepEqual(run(world, counting, { dirty: ['d'] }).listed, ['d'])
    return calls
  }
  t.is(asked(5), asked(500))
})

test('SEC: names of the language are names like any other', (t) => {
  t.is(
    play(['', '__proto__=1:x constructor/=2 constructor/__proto__/=3']).said,
    '+__proto__=x +constructor/ +constructor/__proto__/',
  )
})

test('a file exchanged between listing and reading is busy, not an edit', (t) => {
  const world = new World()
  const rows = new Rows()
  put(world, 'a=1:x')
  rows.store(run(world, rows).observation)
  rows.accept()
  put(world, 'a=1:x@5')
  const described = world.describe('a')
  if (described.state !== 'read') return t.fail('not read')
  world.describe = () => ({ ...described, stamp: { ...described.stamp, fileId: '77.77' as never } })
  const { observation } = run(world, rows)
  t.is(observation.local.size + observation.stamps.size, 0)
  t.deepEqual([...observation.frozen], [...rows.syncedRows.keys()])
})

test('DESIGN 4.10: a disk name that two nodes fold to is neither of them', (t) => {
  t.is(play(['ab=1:x AB=2:y', 'aB=3:z@5'], { traits: FOLDING }).said, '+aB=z -AB -ab')
})
