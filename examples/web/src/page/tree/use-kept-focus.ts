/** A row that had the focus and went, by a change from elsewhere, hands it on to the row in its place. */

import { useLayoutEffect, useRef } from 'preact/hooks'

export function useKeptFocus(list: { readonly current: HTMLElement | null }): void {
  const holder = useRef<HTMLElement | null>(null)
  const element = list.current
  useLayoutEffect(() => {
    const { current } = list
    if (current === null) return undefined
    const take = ({ target }: FocusEvent): void => {
      holder.current = target instanceof HTMLElement ? target : null
    }
    // One that is still there was left by a person.
    const leave = ({ target }: FocusEvent): void => {
      setTimeout(() => {
        if (target === holder.current && holder.current?.isConnected === true && document.activeElement !== target)
          holder.current = null
      })
    }
    current.addEventListener('focusin', take)
    current.addEventListener('focusout', leave)
    return () => {
      current.removeEventListener('focusin', take)
      current.removeEventListener('focusout', leave)
    }
  }, [list, element])
  useLayoutEffect(() => {
    const isLost = holder.current !== null && !holder.current.isConnected && document.activeElement === document.body
    if (!isLost) return
    holder.current = null
    list.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
  })
}
