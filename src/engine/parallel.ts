/** Bounded concurrency without timers: at most `atOnce` tasks run; the first failure stops new ones and is passed on. */

export async function inParallel<T>(
  items: Iterable<T>,
  atOnce: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let failed = false
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); !failed && next.done !== true; next = iterator.next()) {
      try {
        await run(next.value)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const settled = await Promise.allSettled(Array.from({ length: atOnce }, lane))
  const rejected = settled.find((result) => result.status === 'rejected')
  if (rejected !== undefined) throw rejected.reason
}
