/** How the selected path stands, and why, in words. */

import type { Reason } from 'tidemark'
import { useLayoutEffect, useState } from 'preact/hooks'
import { stateWord } from '../state/path-marks.js'
import { useStore } from '../state/use-store.js'
import { StateMark } from '../state-mark.js'
import { useWorkspace } from '../use-workspace.js'

const MOST = 3

export function PathReasons({ path }: { readonly path: string }) {
  const workspace = useWorkspace()
  const state = useStore(workspace.marks.states, (states) => states.get(path) ?? workspace.marks.of(path))
  const isFollower = useStore(workspace.session.view, ({ role }) => role === 'follower')
  const [reasons, setReasons] = useState<readonly Reason[]>([])
  useLayoutEffect(() => {
    let isOver = false
    setReasons([])
    const { engine } = workspace.session
    if (engine !== null && state !== 'synced')
      void engine.why(path).then(
        (found) => {
          if (!isOver) setReasons(found)
        },
        // The engine was stopped meanwhile: the word alone is said.
        () => undefined,
      )
    return () => {
      isOver = true
    }
  }, [workspace, path, state])
  return (
    <div class="reasons">
      <p class="reasons-state">
        <StateMark state={state} /> {stateWord(state)}
      </p>
      {isFollower && <p>How each file stands is known in the tab that keeps this workspace in step.</p>}
      {reasons.slice(0, MOST).map(({ code, message, next }) => (
        <p key={code}>
          {code === 'paused' ? 'You work offline: nothing is sent or fetched.' : message} {forPeople(next)}
        </p>
      ))}
    </div>
  )
}

/** What programs would call is a button of this page. */
function forPeople(next: string | null): string | null {
  return next?.includes('()') === true || next?.includes("('") === true ? null : next
}
