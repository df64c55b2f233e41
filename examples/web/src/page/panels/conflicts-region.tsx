/** Conflicts, one below the other, each with both versions and the three answers. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { BackButton } from '../file/file-pane.js'
import { CloseIcon } from '../icons.js'
import { useStore } from '../state/use-store.js'
import { useWorkspace } from '../use-workspace.js'
import { ConflictCard } from './conflict-card.js'

/** Their contents are read when they are shown. */
const AT_ONCE = 10

export function ConflictsRegion() {
  const workspace = useWorkspace()
  const entries = useStore(workspace.conflicts.entries)
  const title = useRef<HTMLHeadingElement>(null)
  const [most, setMost] = useState(AT_ONCE)
  useLayoutEffect(() => title.current?.focus(), [])
  return (
    <section class="region" aria-labelledby="conflicts-title">
      <header class="region-head">
        <BackButton />
        <h2 id="conflicts-title" ref={title} tabIndex={-1}>
          Conflicts
        </h2>
        <button type="button" class="bare" aria-label="Close conflicts" onClick={() => workspace.closePanel()}>
          <CloseIcon />
        </button>
      </header>
      <p class="hint">
        Two devices edited the same file before either knew of the other. Both versions are kept on every device until
        you choose.
      </p>
      {entries.length === 0 && <p class="nothing-title">All is decided.</p>}
      {entries.slice(0, most).map((entry) => (
        <ConflictCard key={entry.id} entry={entry} onDone={() => title.current?.focus()} />
      ))}
      {entries.length > most && (
        <button type="button" onClick={() => setMost(most + AT_ONCE)}>
          Show {Math.min(AT_ONCE, entries.length - most)} more
        </button>
      )}
    </section>
  )
}
