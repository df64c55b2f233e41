/**
 * Names that one disk keeps apart and another does not (INV-22): what is done on the exact disk (A) and on the folding one
 * (B), what B shows while it cannot show all, and what resolves it.
 */

/** On A or B: `write path content`, `rename from to`, `remove path`. */
export type Act = readonly [where: 'A' | 'B', ...what: readonly ['write' | 'rename' | 'remove', string, string?]]

export interface FoldingRow {
  readonly title: string
  /** What the disk must fold for the row to say anything. */
  readonly folds: 'case' | 'unicode'
  /** In rounds: all sync after each. */
  readonly rounds: readonly (readonly Act[])[]
  /** Paths that B shows with their content, in the spelling of the server; what is missing is held back. */
  readonly shows: Readonly<Record<string, string>>
  /** What B holds back, by its path on the server. */
  readonly held: readonly string[]
  /** Makes everything fit: then both trees are equal, and no problem is left. */
  readonly resolve: readonly Act[]
}

const COMPOSED = 'caf\u00e9'
const DECOMPOSED = 'cafe\u0301'

export const FOLDED: readonly FoldingRow[] = [
  {
    title: 'twins that were there first, one file each',
    folds: 'case',
    rounds: [[['A', 'write', 'readme', '1']], [['A', 'write', 'README', '2']]],
    shows: { readme: '1' },
    held: ['README'],
    resolve: [['A', 'rename', 'README', 'other']],
  },
  {
    title: 'three twins',
    folds: 'case',
    rounds: [
      [['A', 'write', 'abc', '1']],
      [
        ['A', 'write', 'Abc', '2'],
        ['A', 'write', 'ABC', '3'],
      ],
    ],
    shows: { abc: '1' },
    held: ['ABC', 'Abc'],
    resolve: [
      ['A', 'rename', 'ABC', 'x'],
      ['A', 'rename', 'Abc', 'y'],
    ],
  },
  {
    title: 'twins of directories, with content below',
    folds: 'case',
    rounds: [
      [['A', 'write', 'dir/f', '1']],
      [
        ['A', 'write', 'DIR/f', '2'],
        ['A', 'write', 'DIR/deep/g', '3'],
      ],
    ],
    shows: { 'dir/f': '1' },
    held: ['DIR'],
    resolve: [['A', 'rename', 'DIR', 'second']],
  },
  {
    title: 'a file and a directory',
    folds: 'case',
    rounds: [[['A', 'write', 'x', '1']], [['A', 'write', 'X/f', '2']]],
    shows: { x: '1' },
    held: ['X'],
    resolve: [['A', 'rename', 'x', 'y']],
  },
  {
    title: 'the twin on this disk is removed elsewhere: the other one comes',
    folds: 'case',
    rounds: [[['A', 'write', 'readme', '1']], [['A', 'write', 'README', '2']]],
    shows: { readme: '1' },
    held: ['README'],
    resolve: [['A', 'remove', 'readme']],
  },
  {
    title: 'the twin on this disk is removed here: the other one comes, and only the one is deleted',
    folds: 'case',
    rounds: [[['A', 'write', 'readme', '1']], [['A', 'write', 'README', '2']]],
    shows: { readme: '1' },
    held: ['README'],
    resolve: [['B', 'remove', 'readme']],
  },
  {
    title: 'the twin on this disk is renamed here',
    folds: 'case',
    rounds: [[['A', 'write', 'readme', '1']], [['A', 'write', 'README', '2']]],
    shows: { readme: '1' },
    held: ['README'],
    resolve: [['B', 'rename', 'readme', 'mine']],
  },
  {
    title: 'edits go to their own twin',
    folds: 'case',
    rounds: [
      [['A', 'write', 'readme', '1']],
      [['A', 'write', 'README', '2']],
      [
        ['A', 'write', 'README', '2b'],
        ['B', 'write', 'readme', '1b'],
      ],
    ],
    shows: { readme: '1b' },
    held: ['README'],
    resolve: [['A', 'rename', 'README', 'other']],
  },
  {
    title: 'a rename onto the twin of another: it stays where it is, its content follows',
    folds: 'case',
    rounds: [
      [
        ['A', 'write', 'a', '1'],
        ['A', 'write', 'b', '2'],
      ],
      [['A', 'rename', 'b', 'A']],
      [['A', 'write', 'A', '2b']],
    ],
    shows: { a: '1', b: '2b' },
    held: [],
    resolve: [['A', 'rename', 'a', 'c']],
  },
  {
    title: 'case alone is renamed on the exact disk',
    folds: 'case',
    rounds: [
      [
        ['A', 'write', 'readme', '1'],
        ['A', 'write', 'docs/f', '2'],
      ],
      [
        ['A', 'rename', 'readme', 'README'],
        ['A', 'rename', 'docs', 'Docs'],
      ],
    ],
    shows: { README: '1', 'Docs/f': '2' },
    held: [],
    resolve: [],
  },
  {
    title: 'case alone is renamed on the folding disk',
    folds: 'case',
    rounds: [
      [
        ['A', 'write', 'readme', '1'],
        ['A', 'write', 'docs/f', '2'],
      ],
      [
        ['B', 'rename', 'readme', 'README'],
        ['B', 'rename', 'docs', 'Docs'],
      ],
    ],
    shows: { README: '1', 'Docs/f': '2' },
    held: [],
    resolve: [],
  },
  {
    title: 'twins made at the same time on both',
    folds: 'case',
    rounds: [
      [
        ['A', 'write', 'note', '1'],
        ['B', 'write', 'NOTE', '2'],
      ],
    ],
    shows: { NOTE: '2' },
    held: ['note'],
    resolve: [['A', 'rename', 'note', 'other']],
  },
  {
    title: 'a letter that folds to two is held back, rather one too many',
    folds: 'case',
    rounds: [[['A', 'write', 'stra\u00dfe', '1']], [['A', 'write', 'strasse', '2']]],
    shows: { 'stra\u00dfe': '1' },
    held: ['strasse'],
    resolve: [['A', 'rename', 'strasse', 'street']],
  },
  {
    title: 'composed and decomposed beside each other',
    folds: 'unicode',
    rounds: [[['A', 'write', COMPOSED, '1']], [['A', 'write', DECOMPOSED, '2']]],
    shows: { [COMPOSED]: '1' },
    held: [DECOMPOSED],
    resolve: [['A', 'rename', DECOMPOSED, 'cafe']],
  },
  {
    title: 'composed alone, edited on both sides in turn: no rename comes back',
    folds: 'unicode',
    rounds: [
      [['A', 'write', `${COMPOSED}/${COMPOSED}`, '1']],
      [['B', 'write', `${DECOMPOSED}/${COMPOSED}`, '2']],
      [['A', 'write', `${COMPOSED}/${COMPOSED}`, '3']],
    ],
    shows: { [`${COMPOSED}/${COMPOSED}`]: '3' },
    held: [],
    resolve: [],
  },
  {
    title: 'decomposed alone, edited on both sides in turn: no rename comes back',
    folds: 'unicode',
    rounds: [[['A', 'write', DECOMPOSED, '1']], [['B', 'write', COMPOSED, '2']], [['A', 'write', DECOMPOSED, '3']]],
    shows: { [DECOMPOSED]: '3' },
    held: [],
    resolve: [],
  },
  {
    title: 'the form alone is renamed on the exact disk',
    folds: 'unicode',
    rounds: [[['A', 'write', COMPOSED, '1']], [['A', 'rename', COMPOSED, DECOMPOSED]], [['B', 'write', COMPOSED, '2']]],
    shows: { [DECOMPOSED]: '2' },
    held: [],
    resolve: [],
  },
]
