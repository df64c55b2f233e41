/** One row of the tree. Its name says how it stands; so does a sign, for who sees it. */

import type { PathState } from 'tidemark'
import { ChevronIcon, FileIcon, FolderIcon } from '../icons.js'
import { stateWord } from '../state/path-marks.js'
import type { TreeRow } from '../state/tree-state.js'
import { StateMark } from '../state-mark.js'
import { ROW_PX } from './shown-rows.js'

interface Given {
  readonly row: TreeRow
  readonly index: number
  readonly state: PathState
  readonly isSelected: boolean
  readonly isFocused: boolean
  readonly onChoose: () => void
  readonly onToggle: () => void
  /** The focus came to it by another way than the keys of the tree. */
  readonly onReached: () => void
}

const INDENT_PX = 16

export function TreeItem({ row, index, state, isSelected, isFocused, onChoose, onToggle, onReached }: Given) {
  const { entry, level, position, size, isExpanded } = row
  const isDirectory = entry.kind === 'directory'
  return (
    <div
      class="tree-item"
      role="treeitem"
      aria-label={`${entry.name}, ${stateWord(state)}`}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={size}
      aria-selected={isSelected}
      {...(isDirectory ? { 'aria-expanded': isExpanded } : {})}
      tabIndex={isFocused ? 0 : -1}
      style={{ top: `${index * ROW_PX}px`, paddingInlineStart: `${8 + (level - 1) * INDENT_PX}px` }}
      onClick={onChoose}
      onFocus={onReached}
    >
      <span
        class={`tree-chevron${isExpanded ? ' is-open' : ''}`}
        onClick={(event) => {
          if (!isDirectory) return
          event.stopPropagation()
          onToggle()
        }}
      >
        {isDirectory && <ChevronIcon />}
      </span>
      <span class={`tree-kind is-${entry.kind}`}>{isDirectory ? <FolderIcon /> : <FileIcon />}</span>
      <span class="tree-name" title={entry.name}>
        {entry.name}
      </span>
      <span class="tree-state" title={stateWord(state)}>
        <StateMark state={state} />
      </span>
    </div>
  )
}
