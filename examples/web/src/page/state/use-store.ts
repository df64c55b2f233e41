/** A component is drawn again when what it selects of a store is another one. */

import { useLayoutEffect, useReducer, useRef } from 'preact/hooks'
import type { Store } from './store.js'

export function useStore<T>(store: Store<T>): T
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S
export function useStore<T, S>(store: Store<T>, select?: (value: T) => S): T | S {
  const [, draw] = useReducer<number, null>((count) => count + 1, 0)
  const picked = select === undefined ? store.value : select(store.value)
  const drawn = useRef(picked)
  const choose = useRef(select)
  drawn.current = picked
  choose.current = select
  useLayoutEffect(() => {
    const look = (): void => {
      const now = choose.current === undefined ? store.value : choose.current(store.value)
      if (!Object.is(now, drawn.current)) draw(null)
    }
    // It may have changed between the drawing and this subscription.
    look()
    return store.subscribe(look)
  }, [store])
  return picked
}
