/** What cannot be synced for now, and what to do about it. */

import { useLayoutEffect, useRef } from 'preact/hooks'
import { BackButton } from '../file/file-pane.js'
import { CloseIcon } from '../icons.js'
import { useStore } from '../state/use-store.js'
import { useWorkspace } from '../use-workspace.js'

const MOST = 200

export function ProblemsRegion() {
  const workspace = useWorkspace()
  const problems = useStore(workspace.session.view, ({ status }) => status?.problems ?? null) ?? []
  const title = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => title.current?.focus(), [])
  return (
    <section class="region" aria-labelledby="problems-title">
      <header class="region-head">
        <BackButton />
        <h2 id="problems-title" ref={title} tabIndex={-1}>
          Problems
        </h2>
        <button type="button" class="bare" aria-label="Close problems" onClick={() => workspace.closePanel()}>
          <CloseIcon />
        </button>
      </header>
      <p class="hint">These wait for something. Everything else goes on, and each is tried again by itself.</p>
      {problems.length === 0 && <p class="nothing-title">Nothing stands in the way any more.</p>}
      <ul class="problems">
        {problems.slice(0, MOST).map(({ path, code, message }) => (
          <li key={`${code} ${path}`}>
            <h3>{path === '' ? 'The whole workspace' : path}</h3>
            <p>{message}</p>
            <button type="button" onClick={() => void workspace.select(path === '' ? null : path)}>
              Open
            </button>
          </li>
        ))}
      </ul>
      {problems.length > MOST && <p class="hint">And {problems.length - MOST} more.</p>}
    </section>
  )
}
