/** SPEC 3 as a table: the disks (the first is synced), and what the last observation says of each node. */

import type { Case } from './observe-play.js'

export const FOLDING = { case: 'preserving' } as const
const WEAK = { fileIds: 'weak' } as const
const NO_IDS = { fileIds: 'none' } as const
export const IGNORE = (path: string): boolean => /(^|\/)ig/.test(path)

export const OBSERVED: readonly (readonly [title: string, disks: readonly string[], said: string, options?: Case])[] = [
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
  ['file renamed, and a scan saw neither name', ['a=1:x', '', 'b=1:x'], 'a>b'],
  ['the same with an edit', ['a=1:x', '', 'b=1:y@5'], 'a>b=y'],
  ['the same, and another file took its place', ['a=1:x', '', 'a=2:z@5 b=1:x'], '+b=x a=z'],
  ['the same, over another file', ['a=1:x b=2:y', 'b=2:y', 'b=1:x'], '-a b=x'],
  ['directory moved, and a scan saw it nowhere', ['d/=1 d/a=2:x', '', 'e/=1 e/a=2:x'], 'd>e'],
  ['the same, with a file that was moved out', ['d/=1 d/a=2:x d/b=3:y', '', 'e/=1 e/a=2:x f=3:y'], 'd/b>f d>e'],
  [
    'a deleted file, and a new one whose inode was used before',
    ['a=1:x', '', 'b=1:y@5'],
    '+b=y -a',
    { traits: { fileIds: 'weak' } },
  ],
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
  ['INV-22: a name no node can have', ['', 'a\u0001=1:x b=2:y'], 'a\u0001!invalid-name +b=y'],
  ['INV-22: moved to a name no node can have: no delete', ['a=1:x', 'b\u0001=1:x'], 'a:forgotten b\u0001!invalid-name'],
  [
    'INV-22: a directory moved to such a name, with all below',
    ['d/=1 d/e/=2 d/e/a=3:x', 'D\u0085/=1 D\u0085/e/=2 D\u0085/e/a=3:x'],
    'd:forgotten d/e:forgotten d/e/a:forgotten D\u0085!invalid-name',
  ],

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
  ['remnant emptied', ['d/=1 d/a=2:x', 'd/=1'], '-d/a d:present', { presence: { d: 'remnant' } }],
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
  [
    'partial: moved into d after a look saw it nowhere',
    ['a=1:x d/=2', 'd/=2', 'd/=2 d/b=1:x'],
    'a>d/b',
    { dirty: ['d'] },
  ],
  [
    'partial: the same, and it came back as well',
    ['a=1:x d/=2', 'd/=2', 'a=1:x d/=2 d/b=1:x'],
    '+d/b=x',
    { dirty: ['d'] },
  ],
  [
    'partial: directory moved into d after a look saw it nowhere',
    ['e/=1 e/a=3:x d/=2', 'd/=2', 'd/=2 d/f/=1 d/f/a=3:x'],
    'e>d/f',
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
    'INV-34 partial: moved into an ignored directory, both listed with the root',
    ['a=1:x ig/=2', 'ig/=2 ig/a=1:x'],
    'a:forgotten',
    { dirty: ['', 'ig'], ignored: IGNORE, presence: { ig: 'excluded' } },
  ],
  [
    'INV-34 partial: moved into an ignored directory that is listed without the root',
    ['d/=3 d/a=1:x d/e/=4 d/e/b=5:y ig/=2', 'd/=3 ig/=2 ig/a=1:x ig/e/=4 ig/e/b=5:y'],
    'd/a:forgotten d/e/b:forgotten d/e:forgotten',
    { dirty: ['d', 'ig'], ignored: IGNORE, presence: { ig: 'excluded' } },
  ],
  [
    'partial: a directory moved below its own child',
    ['a/=1 a/b/=2 a/b/f=3:x', 'a/=7 a/b/=2 a/b/f=3:x a/b/a/=1'],
    '+a/ a>a/b/a a/b',
    { dirty: ['a/b'] },
  ],
]
