/** Who and how it stands, and what asks for a person. */

import { Mark } from './icons.js'
import { guardOf, stateText } from './session/engine-view.js'
import { bytesText } from './state/amounts.js'
import { words } from './state/notices.js'
import { useStore } from './state/use-store.js'
import { useVisit, useWorkspace } from './use-workspace.js'

export function TopBar() {
  const workspace = useWorkspace()
  const { session, login } = workspace
  const isOffline = useStore(session.view, (view) => view.isOffline)
  return (
    <header class="bar">
      <div class="bar-name">
        <Mark />
        <h1>Tidemark notes</h1>
      </div>
      <SyncStatus />
      <Attention />
      <div class="bar-person">
        <span class="bar-login" title={`Signed in as ${login.user}`}>
          {login.user} · {login.workspace}
        </span>
        <button type="button" aria-pressed={isOffline} onClick={() => session.setOffline(!isOffline)}>
          Work offline
        </button>
        <button type="button" onClick={() => workspace.question.set({ kind: 'sign-out' })}>
          Sign out
        </button>
      </div>
      <TransferBar />
      <Trouble />
    </header>
  )
}

function SyncStatus() {
  const { session } = useWorkspace()
  const view = useStore(session.view)
  const { status, transfer, role } = view
  const pending = status?.pending ?? 0
  const bytes = [
    ...((transfer?.bytesSent ?? 0) > 0 ? [`${bytesText(transfer?.bytesSent ?? 0)} up`] : []),
    ...((transfer?.bytesReceived ?? 0) > 0 ? [`${bytesText(transfer?.bytesReceived ?? 0)} down`] : []),
  ]
  return (
    <div class="sync">
      <span class={`sync-state is-${status?.state ?? 'stopped'}`} role="status" aria-label="Sync status">
        {stateText(view)}
      </span>
      {pending > 0 && status?.state !== 'stopped' && <span class="sync-detail">{pending} to go</span>}
      {bytes.length > 0 && <span class="sync-detail sync-bytes">{bytes.join(' · ')}</span>}
      {role === 'follower' && status !== null && <span class="sync-detail">Kept in step by another tab</span>}
    </div>
  )
}

function Attention() {
  const workspace = useWorkspace()
  const conflicts = useStore(workspace.conflicts.entries, (entries) => entries.length)
  const problems = useStore(workspace.session.view, ({ status }) => status?.problems.length ?? 0)
  const panel = useStore(workspace.panel)
  const guard = useStore(workspace.session.view, guardOf)
  const isLeader = useStore(workspace.session.view, ({ role }) => role === 'leader')
  const isAsked = useStore(workspace.isGuardAsked)
  const toggle = (name: 'conflicts' | 'problems'): void =>
    panel === name ? workspace.closePanel() : workspace.showPanel(name)
  return (
    <div class="bar-attention">
      {guard !== null && isLeader && !isAsked && (
        <button type="button" class="attention" onClick={() => workspace.isGuardAsked.set(true)}>
          Decide about deletes
        </button>
      )}
      {conflicts > 0 && (
        <AttentionButton
          word="Conflicts"
          count={conflicts}
          isOpen={panel === 'conflicts'}
          onClick={() => toggle('conflicts')}
        />
      )}
      {problems > 0 && (
        <AttentionButton
          word="Problems"
          count={problems}
          isOpen={panel === 'problems'}
          onClick={() => toggle('problems')}
        />
      )}
    </div>
  )
}

interface AttentionGiven {
  readonly word: string
  readonly count: number
  readonly isOpen: boolean
  readonly onClick: () => void
}

function AttentionButton({ word, count, isOpen, onClick }: AttentionGiven) {
  return (
    <button type="button" class="attention" aria-label={`${word}, ${count}`} aria-expanded={isOpen} onClick={onClick}>
      {word} <span class="count">{count}</span>
    </button>
  )
}

function TransferBar() {
  const { session } = useWorkspace()
  const transfer = useStore(session.view, (view) => view.transfer)
  if (transfer === null) return null
  const { bytesSent, bytesReceived, share } = transfer
  const percent = share === null ? null : Math.round(share * 100)
  const moved = `${bytesText(bytesSent)} sent, ${bytesText(bytesReceived)} received`
  const known = percent === null ? {} : { 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': percent }
  return (
    <div class="transfer" role="progressbar" aria-label="Transfer" aria-valuetext={moved} {...known}>
      <div
        class={`transfer-done${percent === null ? ' is-running' : ''}`}
        style={{ width: percent === null ? '100%' : `${percent}%` }}
      />
    </div>
  )
}

/** What keeps the engine from running at all, with what a person can do. */
function Trouble() {
  const workspace = useWorkspace()
  const visit = useVisit()
  const trouble = useStore(workspace.session.view, (view) => view.trouble)
  const state = useStore(workspace.session.view, (view) => view.status?.state ?? null)
  const why = useStore(workspace.session.view, (view) => view.status?.why ?? null)
  const attempt = (run: () => Promise<void>): void =>
    void run().catch((error: unknown) => workspace.notices.trouble(error))
  if (state === 'unauthorized')
    return (
      <div class="bar-trouble" role="alert">
        <p>This browser is not signed in any more. Your files are still here, and edits go on.</p>
        <button type="button" class="primary" onClick={() => attempt(() => visit.signInAgain())}>
          Sign in again
        </button>
      </div>
    )
  const cause = trouble ?? (state === 'offline' && why !== null && why.code !== 'offline' ? why : null)
  if (cause === null) return null
  const { message, next } = trouble === null ? { message: cause.message, next: cause.next ?? '' } : words(trouble)
  return (
    <div class="bar-trouble" role="alert">
      <p>
        {message} {next}
      </p>
      {trouble?.code === 'root-replaced' && (
        <button type="button" class="primary" onClick={() => attempt(() => workspace.session.linkAnew())}>
          Fetch the files again
        </button>
      )}
    </div>
  )
}
