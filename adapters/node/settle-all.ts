/** Waits for all, so that nothing of a failed call still runs when it fails. Throws what the first one that failed threw. */
export async function settleAll<T>(parts: readonly Promise<T>[]): Promise<readonly T[]> {
  const results = await Promise.allSettled(parts)
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}
