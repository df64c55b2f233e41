/** A guard asks whether many deletes are meant. Closed without an answer it goes on waiting, and nothing is deleted. */

import type { Guard } from 'tidemark'
import { useLayoutEffect, useState } from 'preact/hooks'
import { guardOf } from '../session/engine-view.js'
import { useStore } from '../state/use-store.js'
import { TroubleText } from '../trouble-text.js'
import { useWorkspace } from '../use-workspace.js'
import { Modal } from './modal.js'

export function GuardDialog() {
  const workspace = useWorkspace()
  const guard = useStore(workspace.session.view, guardOf)
  const isLeader = useStore(workspace.session.view, ({ role }) => role === 'leader')
  const isAsked = useStore(workspace.isGuardAsked)
  const [trouble, setTrouble] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const id = guard?.id ?? null
  useLayoutEffect(() => {
    workspace.isGuardAsked.set(id !== null)
    setTrouble(null)
    setBusy(false)
  }, [id, workspace])
  if (guard === null || !isLeader || !isAsked) return null
  const answer = async (how: 'confirm' | 'decline'): Promise<void> => {
    setBusy(true)
    setTrouble(null)
    try {
      await workspace.session.needEngine()[how](guard.id)
      workspace.isGuardAsked.set(false)
    } catch (error) {
      setTrouble(error)
    }
    setBusy(false)
  }
  return (
    <Modal title="Many deletes" role="alertdialog" onClose={() => workspace.isGuardAsked.set(false)}>
      <p>{question(guard)}</p>
      <p class="hint">Nothing is deleted until you decide. Everything else goes on.</p>
      <TroubleText error={trouble} />
      <div class="buttons">
        <button type="button" class="danger" disabled={isBusy} onClick={() => void answer('confirm')}>
          Delete them
        </button>
        <button type="button" disabled={isBusy} onClick={() => void answer('decline')}>
          Keep them
        </button>
      </div>
    </Modal>
  )
}

function question({ deletes, of, direction }: Guard): string {
  const files = `${deletes} of ${of} files`
  return direction === 'up'
    ? `${files} are gone from this browser. They would be deleted on the server and on all your devices.`
    : `${files} were deleted on the server, by another device. They would be deleted in this browser.`
}
