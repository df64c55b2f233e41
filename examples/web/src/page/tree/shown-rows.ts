/** Which rows of a long list are drawn: those on the screen and some around them. A list of ordinary length is drawn whole. */

import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

export const ROW_PX = 38

const WHOLE = 500
const AROUND = 20
/** The range moves in steps, so that not each pixel draws anew. */
const STEP = 10

export interface Range {
  readonly from: number
  readonly to: number
}

export function useShownRows(count: number, scroller: RefObject<HTMLElement | null>): Range {
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(0)
  useLayoutEffect(() => {
    const { current } = scroller
    if (current === null || count <= WHOLE) return undefined
    const look = (): void => {
      setTop(Math.floor(current.scrollTop / ROW_PX / STEP) * STEP)
      setHeight(current.clientHeight)
    }
    look()
    const observer = new ResizeObserver(look)
    observer.observe(current)
    current.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      current.removeEventListener('scroll', look)
    }
  }, [count <= WHOLE, scroller])
  if (count <= WHOLE) return { from: 0, to: count }
  const visible = Math.ceil(height / ROW_PX)
  return { from: Math.max(0, top - AROUND), to: Math.min(count, top + visible + AROUND + STEP) }
}
