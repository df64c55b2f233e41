/** Another text in a text area. The caret stays with the words it stands at; the view stays where it is. */

export function replaceText(area: HTMLTextAreaElement, text: string): void {
  const before = area.value
  if (before === text) return
  const { selectionStart, selectionEnd, selectionDirection, scrollTop } = area
  const start = placeAfter(before, text, selectionStart)
  const end = placeAfter(before, text, selectionEnd)
  area.value = text
  area.setSelectionRange(start, end, selectionDirection)
  area.scrollTop = scrollTop
}

/** Where a place of the former text is in the new one: what is equal at both ends tells. */
export function placeAfter(before: string, after: string, place: number): number {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head++
  if (place <= head) return place
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const fromEnd = before.length - place
  return fromEnd <= tail ? after.length - fromEnd : after.length - tail
}
