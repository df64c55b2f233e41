/**
 * The truth table of docs/conflicts.md as data: what A and B do before they hear of each other, and what both show then.
 * Directories end in `/`, executable files in `*`; `#` stands for the six digits of a copy.
 */

/** Who acts on a tree. Parents are made when they are missing. */
export interface PairUser {
  write(path: string, content: string): void
  rename(from: string, to: string): void
  remove(path: string): void
  setExecutable(path: string, executable: boolean): void
}

type Act = (user: PairUser) => void
const edit =
  (path: string, content: string): Act =>
  (user) =>
    user.write(path, content)
const move =
  (from: string, to: string): Act =>
  (user) =>
    user.rename(from, to)
const gone =
  (path: string): Act =>
  (user) =>
    user.remove(path)
const and =
  (...acts: readonly Act[]): Act =>
  (user) => {
    for (const act of acts) act(user)
  }
const COPY = 'f (conflicted copy B #)'

/** `before` on both devices; the two first columns are those of the page. */
export const CONFLICT_PAIRS: readonly (readonly [string, string, Act, Act, Act, Readonly<Record<string, string>>])[] = [
  [
    'edits `f`',
    'edits `f` to the same content',
    edit('f', '1'),
    edit('f', 'same!'),
    edit('f', 'same!'),
    { f: 'same!' },
  ],
  [
    'edits `f`',
    'edits `f` to something else',
    edit('f', '1'),
    edit('f', 'A'),
    edit('f', 'of B'),
    { f: 'A', [COPY]: 'of B' },
  ],
  ['edits `f`', 'renames or moves `f`', edit('f', '1'), edit('f', 'of A'), move('f', 'g'), { g: 'of A' }],
  ['edits `f`', 'deletes `f`', edit('f', '1'), edit('f', 'of A'), gone('f'), { f: 'of A' }],
  ['deletes `f`', 'edits `f`', edit('f', '1'), gone('f'), edit('f', 'of B'), { f: 'of B' }],
  ['deletes `f`', 'renames or moves `f`', edit('f', '1'), gone('f'), move('f', 'g'), { g: '1' }],
  ['deletes `f`', 'deletes `f`', edit('f', '1'), gone('f'), gone('f'), {}],
  ['moves `f` to one place', 'moves `f` to another', edit('f', '1'), move('f', 'a'), move('f', 'b'), { a: '1' }],
  [
    'edits and renames `f`',
    'edits `f`',
    edit('f', '1'),
    and(edit('f', 'A'), move('f', 'g')),
    edit('f', 'of B'),
    { g: 'A', [COPY.replace('f', 'g')]: 'of B' },
  ],
  ['makes `f`', 'makes `f` with the same content', and(), edit('f', 'x'), edit('f', 'x'), { f: 'x' }],
  ['makes `f`', 'makes another `f`', and(), edit('f', 'A'), edit('f', 'of B'), { f: 'A', [COPY]: 'of B' }],
  [
    'makes a directory `d`',
    'makes a directory `d`',
    and(),
    edit('d/a', 'A'),
    edit('d/b', 'B'),
    { 'd/': '', 'd/a': 'A', 'd/b': 'B' },
  ],
  [
    'makes a file `x`',
    'makes a directory `x`',
    and(),
    edit('x', 'A'),
    edit('x/in', 'B'),
    { x: 'A', 'x (conflicted copy B #)/': '', 'x (conflicted copy B #)/in': 'B' },
  ],
  [
    'deletes the directory `d`',
    'adds or edits a file in `d`',
    edit('d/a', '1'),
    gone('d'),
    edit('d/b', 'B'),
    { 'd/': '', 'd/b': 'B' },
  ],
  [
    'renames the directory `d`',
    'edits a file in `d`',
    edit('d/a', '1'),
    move('d', 'e'),
    edit('d/a', 'of B'),
    { 'e/': '', 'e/a': 'of B' },
  ],
  [
    'moves `d` into `e`',
    'moves `e` into `d`',
    and(edit('d/a', '1'), edit('e/b', '2')),
    move('d', 'e/d'),
    move('e', 'd/e'),
    { 'e/': '', 'e/b': '2', 'e/d/': '', 'e/d/a': '1' },
  ],
  [
    'changes the executable bit',
    'edits the content',
    edit('f', '1'),
    (user) => user.setExecutable('f', true),
    edit('f', 'of B'),
    { 'f*': 'of B' },
  ],
]
