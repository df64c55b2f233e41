/** Where the keys lead in a tree, as its readers are used to. */

import { parentOf } from '../files/paths.js'
import type { TreeRow } from '../state/tree-state.js'

export type TreeStep =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'expand' | 'collapse' | 'choose' }
  | { readonly kind: 'none' }

const NONE: TreeStep = { kind: 'none' }

export function treeStep(rows: readonly TreeRow[], at: number, key: string): TreeStep {
  const row = rows[at]
  if (row === undefined) return NONE
  const isDirectory = row.entry.kind === 'directory'
  switch (key) {
    case 'ArrowDown':
      return go(rows, at + 1)
    case 'ArrowUp':
      return go(rows, at - 1)
    case 'Home':
      return go(rows, 0)
    case 'End':
      return go(rows, rows.length - 1)
    case 'ArrowRight':
      if (!isDirectory) return NONE
      if (!row.isExpanded) return { kind: 'expand' }
      return (rows[at + 1]?.level ?? 0) > row.level ? go(rows, at + 1) : NONE
    case 'ArrowLeft':
      if (isDirectory && row.isExpanded) return { kind: 'collapse' }
      return go(
        rows,
        rows.findIndex(({ entry }) => entry.path === parentOf(row.entry.path)),
      )
    case 'Enter':
    case ' ':
      return { kind: 'choose' }
    default:
      return NONE
  }
}

/** The next row whose name begins so, around the end. */
export function rowByName(rows: readonly TreeRow[], at: number, typed: string): number | null {
  const wanted = typed.toLocaleLowerCase()
  const first = typed.length === 1 ? 1 : 0
  for (let step = first; step < rows.length + first; step++) {
    const index = (at + step) % rows.length
    if (rows[index]?.entry.name.toLocaleLowerCase().startsWith(wanted) === true) return index
  }
  return null
}

function go(rows: readonly TreeRow[], to: number): TreeStep {
  return to >= 0 && to < rows.length ? { kind: 'go', to } : NONE
}
