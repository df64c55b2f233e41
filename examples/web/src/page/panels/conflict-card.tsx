/** One conflict: the file as it is called, and the copy that stands beside it. */

import type { ConflictChoice, ConflictContents, ConflictEntry, ConflictSide } from 'tidemark'
import { useId, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { textOf } from '../files/text-content.js'
import { bytesText, timeText } from '../state/amounts.js'
import { TroubleText } from '../trouble-text.js'
import { useWorkspace } from '../use-workspace.js'
import { lineDiff, type ShownLine, shownLines } from './line-diff.js'

interface Given {
  readonly entry: ConflictEntry
  readonly onDone: () => void
}

export function ConflictCard({ entry, onDone }: Given) {
  const workspace = useWorkspace()
  const { contents, trouble } = useContents(entry)
  const [isBusy, setBusy] = useState(false)
  const id = useId()
  const lines = useMemo(() => (contents === null ? null : linesOf(contents)), [contents])
  const resolve = async (choice: ConflictChoice): Promise<void> => {
    setBusy(true)
    try {
      await workspace.settle()
      await workspace.session.needEngine().conflicts.resolve(entry, choice)
      workspace.conflicts.moved()
      onDone()
    } catch (error) {
      workspace.notices.trouble(error)
      workspace.conflicts.moved()
      setBusy(false)
    }
  }
  const button = (choice: ConflictChoice, name: string) => (
    <button type="button" disabled={isBusy} aria-describedby={id} onClick={() => void resolve(choice)}>
      {name}
    </button>
  )
  return (
    <article class="conflict" aria-labelledby={id}>
      <h3 id={id}>{entry.path ?? entry.copy}</h3>
      <p class="hint">
        {entry.path === null ? 'The file itself is deleted; only the copy is left.' : `The copy is ${entry.copy}.`}
      </p>
      <TroubleText error={trouble} />
      <div class="versions">
        <Version name="Theirs" side={entry.theirs} lines={lines?.theirs ?? null} />
        <Version name="Mine" side={entry.mine} lines={lines?.mine ?? null} />
      </div>
      <div class="buttons choices">
        {button('theirs', 'Keep theirs')}
        {button('mine', 'Keep mine')}
        {button('both', 'Keep both')}
      </div>
    </article>
  )
}

interface VersionGiven {
  readonly name: string
  readonly side: ConflictSide | null
  /** Null: no text, or not there yet. */
  readonly lines: readonly ShownLine[] | null
}

function Version({ name, side, lines }: VersionGiven) {
  return (
    <section class="version">
      <h4>{name}</h4>
      {side === null ? (
        <p class="hint">Deleted</p>
      ) : (
        <p class="hint">
          {bytesText(side.size)} · <span class="whole">changed {timeText(side.modifiedAt)}</span>
        </p>
      )}
      {lines !== null && (
        <div class="lines" tabIndex={0} role="group" aria-label={`Text of ${name}`}>
          {lines.map((line, at) =>
            'skipped' in line ? (
              <p key={at} class="line is-skipped">
                {line.skipped} {line.skipped === 1 ? 'line' : 'lines'} more
              </p>
            ) : (
              <p key={at} class={`line${line.differs ? ' is-other' : ''}`}>
                {line.differs ? <mark>{line.text}</mark> : line.text}
              </p>
            ),
          )}
        </div>
      )}
    </section>
  )
}

function useContents(entry: ConflictEntry) {
  const { session } = useWorkspace()
  const [contents, setContents] = useState<ConflictContents | null>(null)
  const [trouble, setTrouble] = useState<unknown>(null)
  const revisions = `${entry.mine.sequence} ${entry.theirs?.sequence}`
  useLayoutEffect(() => {
    const end = new AbortController()
    const read = async (): Promise<void> => {
      try {
        const read = await session.needEngine().conflicts.contents(entry, { signal: end.signal })
        if (end.signal.aborted) return
        setContents(read)
        setTrouble(null)
      } catch (error) {
        if (!end.signal.aborted) setTrouble(error)
      }
    }
    void read()
    return () => end.abort()
  }, [session, entry.id, revisions])
  return { contents, trouble }
}

/** Null where one of the two is no text. */
function linesOf({ mine, theirs }: ConflictContents) {
  const [ours, other] = [shownText(mine), shownText(theirs)]
  if (ours === null && other === null) return null
  const { left, right } = lineDiff(other ?? '', ours ?? '')
  return {
    theirs: other === null ? null : shownLines(left),
    mine: ours === null ? null : shownLines(right),
  }
}

function shownText(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : (textOf(new Uint8Array(bytes))?.shown ?? null)
}
