/** The engine holds a file only while it puts another content in its place: whoever meets that tries again for a moment. */

import { fileTrouble, isHeld } from './file-trouble.js'

const TRIES = 40
const PAUSE_MS = 75

/** @throws busy when it is still held after three seconds; what the browser says otherwise */
export async function whenFree<T>(path: string, run: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await run()
    } catch (error) {
      if (!isHeld(error)) throw error
      if (left === 0) throw fileTrouble(error, path)
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
