/** A dialog above everything. Escape closes it, and the focus goes back to what had it before. */

import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { focusTree } from '../tree/focus-tree.js'

interface Given {
  readonly title: string
  readonly role?: 'dialog' | 'alertdialog'
  readonly onClose: () => void
  readonly children: ComponentChildren
}

export function Modal({ title, role = 'dialog', onClose, children }: Given) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const isLeaving = useRef(false)
  useLayoutEffect(() => {
    const { current } = dialog
    const opener = document.activeElement
    current?.showModal()
    // A question that comes by itself takes no key that was meant for something else.
    if (role === 'alertdialog') current?.focus()
    return () => {
      isLeaving.current = true
      current?.close()
      if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body) opener.focus()
      else focusTree()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      role={role}
      tabIndex={-1}
      aria-labelledby={`${id}-title`}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      // A browser may close it without asking, when its user has done nothing else since the last one.
      onClose={() => {
        if (!isLeaving.current) onClose()
      }}
    >
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </dialog>
  )
}
