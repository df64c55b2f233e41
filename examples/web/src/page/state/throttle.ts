/** Many calls become few: the work is done soon, and never takes more than a small share of the time. */

const SOON_MS = 60
/** Pause after a run, as a multiple of what it took. */
const SHARE = 6

export interface Throttled {
  /** Asks for a run. One that runs already is followed by another. */
  ask(): void
  end(): void
}

/** `run` must not fail. */
export function throttled(run: () => void | Promise<void>, soonMs: number = SOON_MS): Throttled {
  let timer: number | null = null
  let isRunning = false
  let isAsked = false
  let isEnded = false
  let pauseMs = soonMs
  const go = async (): Promise<void> => {
    timer = null
    isRunning = true
    isAsked = false
    const begun = performance.now()
    await run()
    pauseMs = Math.max(soonMs, (performance.now() - begun) * SHARE)
    isRunning = false
    if (isAsked) plan()
  }
  const plan = (): void => {
    if (isEnded || isRunning || timer !== null) return
    timer = window.setTimeout(() => void go(), pauseMs)
  }
  return {
    ask: () => {
      isAsked = true
      plan()
    },
    end: () => {
      isEnded = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
