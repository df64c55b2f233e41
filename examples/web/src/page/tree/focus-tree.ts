/** Where there is one column only, what was chosen covers the tree that had the focus. */
export function focusAfterChoice(): void {
  requestAnimationFrame(() => {
    const tree = document.querySelector<HTMLElement>('[role="tree"]')
    if (tree?.offsetParent === null) document.querySelector<HTMLElement>('.back')?.focus()
  })
}

/** For whoever has nothing better to give the focus back to. */

export function focusTree(): void {
  const row = document.querySelector<HTMLElement>('[role="tree"] [tabindex="0"]')
  const first = row ?? document.querySelector<HTMLElement>('[data-first]')
  first?.focus()
}
