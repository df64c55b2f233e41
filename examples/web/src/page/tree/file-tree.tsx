/** The tree of files. Its keys are those of every tree; changes from elsewhere leave the focus where it is. */

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { rowsOf, type TreeRow } from '../state/tree-state.js'
import { useStore } from '../state/use-store.js'
import { useWorkspace } from '../use-workspace.js'
import { focusAfterChoice } from './focus-tree.js'
import { ROW_PX, useShownRows } from './shown-rows.js'
import { TreeItem } from './tree-item.js'
import { rowByName, treeStep } from './tree-keys.js'
import { useKeptFocus } from './use-kept-focus.js'

/** Letters that follow each other this fast make one word. */
const WORD_MS = 600

export function FileTree() {
  const workspace = useWorkspace()
  const view = useStore(workspace.tree.view)
  const selected = useStore(workspace.open.opened, (opened) => opened?.path ?? null)
  const states = useStore(workspace.marks.states)
  const rows = useMemo(() => rowsOf(view), [view])
  const scroller = useRef<HTMLDivElement>(null)
  const range = useShownRows(rows.length, scroller)
  const { at, goTo } = useRoving(rows, selected, scroller)
  const shown = rows.slice(range.from, range.to).map((row, offset) => ({ row, index: range.from + offset }))
  const focused = rows[at]
  // The one row that the keyboard comes to is always there, also when it is scrolled away.
  if (focused !== undefined && at < range.from) shown.unshift({ row: focused, index: at })
  if (focused !== undefined && at >= range.to) shown.push({ row: focused, index: at })
  const paths = shown.map(({ row }) => row.entry.path)
  useLayoutEffect(() => workspace.marks.show(paths), [workspace, paths.join('\n')])

  const toggle = ({ entry, isExpanded }: TreeRow): void =>
    isExpanded ? workspace.tree.collapse(entry.path) : void workspace.tree.expand(entry.path)
  const choose = (row: TreeRow, index: number): void => {
    goTo(index)
    const isOther = row.entry.path !== selected
    if (row.entry.kind === 'directory' && (!isOther || !row.isExpanded)) toggle(row)
    if (isOther) void workspace.select(row.entry.path).then(focusAfterChoice)
  }
  const onKeyDown = useTreeKeys({ rows, at, goTo, choose, toggle })
  if (view.listings === null) return <div class="tree-empty" />
  if (rows.length === 0) return <EmptyTree />
  return (
    <div class="tree-scroller" ref={scroller}>
      <div
        class="tree"
        role="tree"
        aria-label="Files"
        style={{ height: `${rows.length * ROW_PX}px` }}
        onKeyDown={onKeyDown}
      >
        {shown.map(({ row, index }) => (
          <TreeItem
            key={row.entry.path}
            row={row}
            index={index}
            state={states.get(row.entry.path) ?? workspace.marks.of(row.entry.path)}
            isSelected={row.entry.path === selected}
            isFocused={index === at}
            onChoose={() => choose(row, index)}
            onToggle={() => {
              goTo(index)
              toggle(row)
            }}
            onReached={() => {
              if (index !== at) goTo(index)
            }}
          />
        ))}
      </div>
    </div>
  )
}

interface TreeHands {
  readonly rows: readonly TreeRow[]
  readonly at: number
  readonly goTo: (index: number) => void
  readonly choose: (row: TreeRow, index: number) => void
  readonly toggle: (row: TreeRow) => void
}

function useTreeKeys({ rows, at, goTo, choose, toggle }: TreeHands): (event: KeyboardEvent) => void {
  const typed = useRef({ text: '', time: 0 })
  return (event) => {
    const row = rows[at]
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const step = treeStep(rows, at, event.key)
    if (step.kind === 'none' && event.key.length !== 1) return
    event.preventDefault()
    if (step.kind === 'go') goTo(step.to)
    else if (step.kind === 'choose') choose(row, at)
    else if (step.kind !== 'none') toggle(row)
    else {
      const isWord = event.timeStamp - typed.current.time < WORD_MS
      typed.current = { text: (isWord ? typed.current.text : '') + event.key, time: event.timeStamp }
      const found = rowByName(rows, at, typed.current.text)
      if (found !== null) goTo(found)
    }
  }
}

/** The row that Tab comes to: the one last visited, or what stands in its place by now. */
function useRoving(
  rows: readonly TreeRow[],
  selected: string | null,
  scroller: { readonly current: HTMLElement | null },
) {
  const [visited, setVisited] = useState<string | null>(null)
  const last = useRef(0)
  const wanted = useRef(false)
  const find = (path: string | null): number => rows.findIndex(({ entry }) => entry.path === path)
  const known = find(visited) >= 0 ? find(visited) : visited === null ? find(selected) : -1
  const at = known >= 0 ? known : Math.max(0, Math.min(last.current, rows.length - 1))
  last.current = at
  useLayoutEffect(() => {
    if (!wanted.current) return
    wanted.current = false
    const row = scroller.current?.querySelector<HTMLElement>('[tabindex="0"]')
    row?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'nearest' })
  })
  // What is selected from elsewhere (a new note, a search) is where the keyboard goes on.
  useLayoutEffect(() => {
    if (selected !== null) setVisited(selected)
  }, [selected])
  useKeptFocus(scroller)
  const goTo = (index: number): void => {
    wanted.current = true
    setVisited(rows[index]?.entry.path ?? null)
  }
  return { at, goTo }
}

function EmptyTree() {
  const workspace = useWorkspace()
  const isLooking = useStore(workspace.session.view, ({ status }) => status?.state === 'syncing')
  return (
    <div class="tree-empty">
      <p class="tree-empty-title">Nothing here yet</p>
      <p>Write a first note, or drop files anywhere on this page.</p>
      {isLooking && <p>What your other devices hold comes in by itself.</p>}
    </div>
  )
}
