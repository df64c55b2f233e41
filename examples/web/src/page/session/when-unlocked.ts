/** A tab that is going may still hold its folder for a moment. */

import { isTidemarkError } from 'tidemark'

const TRIES = 50
const PAUSE_MS = 100

export async function whenUnlocked<T>(run: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await run()
    } catch (error) {
      if (left === 0 || !isTidemarkError(error) || error.code !== 'locked') throw error
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
