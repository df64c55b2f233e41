/** Asks for a name, and says what is wrong with it until it can be one. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { TroubleText } from '../trouble-text.js'
import { Modal } from './modal.js'

interface Given {
  readonly title: string
  readonly button: string
  readonly value: string
  readonly hint: string | null
  readonly onClose: () => void
  /** Rejects with what is wrong. */
  readonly onName: (name: string) => Promise<void>
}

export function NameDialog({ title, button, value, hint, onClose, onName }: Given) {
  const input = useRef<HTMLInputElement>(null)
  const [trouble, setTrouble] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  useLayoutEffect(() => {
    const { current } = input
    current?.focus()
    const dot = value.lastIndexOf('.')
    current?.setSelectionRange(0, dot > 0 ? dot : value.length)
  }, [])
  const send = async (): Promise<void> => {
    if (isBusy) return
    setBusy(true)
    setTrouble(null)
    try {
      await onName(input.current?.value.trim() ?? '')
    } catch (error) {
      setTrouble(error)
      setBusy(false)
      input.current?.focus()
    }
  }
  return (
    <Modal title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <label>
          Name
          <input
            ref={input}
            name="name"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            defaultValue={value}
            aria-invalid={trouble !== null}
          />
        </label>
        {hint !== null && <p class="hint">{hint}</p>}
        <TroubleText error={trouble} />
        <div class="buttons">
          <button type="submit" class="primary" disabled={isBusy}>
            {button}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  )
}
