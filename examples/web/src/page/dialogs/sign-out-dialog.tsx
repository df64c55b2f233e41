/** Signing out keeps the files of this browser, unless its owner says otherwise; what is nowhere else is asked for twice. */

import { useState } from 'preact/hooks'
import { TroubleText } from '../trouble-text.js'
import { useVisit, useWorkspace } from '../use-workspace.js'
import { Modal } from './modal.js'

const WARNING =
  'Not everything here is on the server, and what is not there would be lost. Wait until it says In step, or press Sign out once more.'

export function SignOutDialog({ onClose }: { readonly onClose: () => void }) {
  const workspace = useWorkspace()
  const visit = useVisit()
  const [removesFiles, setRemovesFiles] = useState(false)
  const [isWarned, setWarned] = useState(false)
  const [trouble, setTrouble] = useState<unknown>(null)
  const send = async (): Promise<void> => {
    try {
      await workspace.settle()
      const { status } = workspace.session.view.value
      if (removesFiles && status?.state !== 'synced' && !isWarned) {
        setWarned(true)
        return
      }
      await visit.signOut({ removesFiles })
    } catch (error) {
      setTrouble(error)
    }
  }
  return (
    <Modal title="Sign out" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <p>
          Your files stay in this browser and are in step again when {workspace.login.user} signs in. Nobody else can
          sign in to this workspace here meanwhile.
        </p>
        <label class="check">
          <input
            type="checkbox"
            checked={removesFiles}
            onChange={(event) => {
              setRemovesFiles(event.currentTarget.checked)
              setWarned(false)
            }}
          />
          Remove the files of this browser
        </label>
        {isWarned && (
          <p role="alert" class="trouble">
            {WARNING}
          </p>
        )}
        <TroubleText error={trouble} />
        <div class="buttons">
          <button type="submit" class={removesFiles ? 'danger' : 'primary'}>
            Sign out
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  )
}
