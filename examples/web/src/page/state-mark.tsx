/** A small sign for how a path stands. Each has a shape of its own: colour alone says nothing. */

import type { PathState } from 'tidemark'

const SHAPES: Readonly<Record<PathState, string>> = {
  synced: 'm4.5 10.5 3.5 3.5 7.5-8',
  syncing: 'M4 8a6.5 6.5 0 0 1 11.5-1.5M16 3v4h-4M16 12a6.5 6.5 0 0 1-11.5 1.5M4 17v-4h4',
  pending: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 6.5V10l2.5 1.5',
  conflict: 'M4 7.5h12M4 12.5h12M13 4 7 16',
  problem: 'M10 3 2.5 16.5h15zM10 8v4M10 14.3v.1',
  held: 'M7 5v10M13 5v10',
  remnant: 'M6 3.5h8v13l-4-3-4 3z',
  excluded: 'M4 10h12',
  placeholder: 'M10 4v8M6.5 9l3.5 3.5L13.5 9M4.5 16h11',
  unknown: 'M7.5 7.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1 1-1.1 1.9M10 14.5v.1',
}

export function StateMark({ state }: { readonly state: PathState }) {
  return (
    <svg
      class={`state-mark state-${state}`}
      viewBox="0 0 20 20"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={SHAPES[state]} />
    </svg>
  )
}
