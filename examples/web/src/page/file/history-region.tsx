/** What the server keeps of a path. An earlier state is brought back as a new one: nothing of the history is lost by it. */

import type { HistoryEntry } from 'tidemark'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { textOf } from '../files/text-content.js'
import { CloseIcon } from '../icons.js'
import { bytesText, timeText } from '../state/amounts.js'
import { words } from '../state/notices.js'
import { useStore } from '../state/use-store.js'
import { useWorkspace } from '../use-workspace.js'

type Loaded =
  | { readonly kind: 'asking' }
  | { readonly kind: 'entries'; readonly entries: readonly HistoryEntry[] }
  | { readonly kind: 'trouble' | 'elsewhere'; readonly text: string }

export function HistoryRegion({ path }: { readonly path: string }) {
  const workspace = useWorkspace()
  const loaded = useHistory(path)
  const title = useRef<HTMLHeadingElement>(null)
  const id = useId()
  useLayoutEffect(() => title.current?.focus(), [])
  return (
    <section class="history" aria-labelledby={id}>
      <header class="region-head">
        <h3 id={id} ref={title} tabIndex={-1}>
          History of {path}
        </h3>
        <button type="button" class="bare" aria-label="Close history" onClick={() => workspace.closePanel()}>
          <CloseIcon />
        </button>
      </header>
      {loaded.kind === 'asking' && <p class="hint">Asking the server …</p>}
      {loaded.kind === 'elsewhere' && <p class="hint">{loaded.text}</p>}
      {loaded.kind === 'trouble' && (
        <p role="alert" class="trouble">
          {loaded.text}
        </p>
      )}
      {loaded.kind === 'entries' && loaded.entries.length === 0 && (
        <p class="hint">The server keeps nothing of it yet.</p>
      )}
      {loaded.kind === 'entries' && loaded.entries.length > 0 && (
        <ol class="revisions">
          {loaded.entries.map((entry) => (
            <Revision key={`${entry.id} ${entry.sequence}`} path={path} entry={entry} />
          ))}
        </ol>
      )}
    </section>
  )
}

/** Asked again when this device shows more of what the server has. */
function useHistory(path: string): Loaded {
  const { session } = useWorkspace()
  const applied = useStore(session.view, ({ status, role }) => `${role} ${status?.applied ?? 0}`)
  const [loaded, setLoaded] = useState<Loaded>({ kind: 'asking' })
  useLayoutEffect(() => {
    const end = new AbortController()
    const ask = async (): Promise<void> => {
      try {
        const entries = await session.needEngine().history(path, { signal: end.signal })
        if (!end.signal.aborted) setLoaded({ kind: 'entries', entries })
      } catch (error) {
        const { message, next } = words(error)
        const kind = session.engine === null ? 'elsewhere' : 'trouble'
        if (!end.signal.aborted) setLoaded({ kind, text: `${message} ${next}` })
      }
    }
    void ask()
    return () => end.abort()
  }, [session, path, applied])
  return loaded
}

const STATES: Readonly<Record<HistoryEntry['state'], string>> = {
  current: 'Current',
  superseded: 'Earlier',
  deleted: 'Deleted',
}

interface RevisionGiven {
  readonly path: string
  readonly entry: HistoryEntry
}

function Revision({ path, entry }: RevisionGiven) {
  const { text, isBusy, show, restore } = useRevision(path, entry)
  const id = useId()
  const { sequence, state, kind } = entry
  const isFile = kind === 'file' && state !== 'deleted'
  return (
    <li class={`revision is-${state}`} {...(state === 'current' ? { 'aria-current': 'true' as const } : {})}>
      <div class="revision-line">
        <p id={`${id}-what`}>
          <time dateTime={new Date(entry.acceptedAt).toISOString()}>{timeText(entry.acceptedAt)}</time>
          <span class="revision-what">
            {STATES[state]}
            {isFile ? ` · ${bytesText(entry.size)}` : ''}
            {entry.path === path ? '' : ` · as ${entry.path}`}
          </span>
        </p>
        {isFile && (
          <button
            type="button"
            aria-describedby={`${id}-what`}
            aria-expanded={text !== null}
            disabled={isBusy}
            onClick={show}
          >
            Show
          </button>
        )}
        <button
          type="button"
          aria-label={`Restore ${sequence}`}
          disabled={isBusy || state === 'current'}
          onClick={restore}
        >
          Restore
        </button>
      </div>
      {text !== null && (
        <pre tabIndex={0} role="group" aria-label={`Text of revision ${sequence}`}>
          {text === '' ? '(empty)' : text}
        </pre>
      )}
    </li>
  )
}

function useRevision(path: string, { sequence, acceptedAt }: HistoryEntry) {
  const workspace = useWorkspace()
  const [text, setText] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const attempt = async (run: () => Promise<void>): Promise<void> => {
    setBusy(true)
    try {
      await run()
    } catch (error) {
      workspace.notices.trouble(error)
    }
    setBusy(false)
  }
  const restore = async (): Promise<void> => {
    // What is typed is a revision of its own, so that it is not lost by going back.
    await workspace.settle()
    const restored = await workspace.session.needEngine().restore(path, { sequence })
    workspace.notices.tell(`${restored.path} is as it was on ${timeText(acceptedAt)}.`)
    if (restored.path !== path) await workspace.select(restored.path)
  }
  const show = async (): Promise<void> => {
    if (text !== null) return setText(null)
    const bytes = new Uint8Array(await workspace.session.needEngine().readFile(path, { sequence }))
    setText(textOf(bytes)?.shown ?? 'This revision is no text that can be shown.')
  }
  return { text, isBusy, show: () => void attempt(show), restore: () => void attempt(restore) }
}
