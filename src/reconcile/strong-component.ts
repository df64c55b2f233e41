/** Strongly connected components: Tarjan 1972, without recursion. Pure graph code, no rule of ours. */

/** One component that needs nothing outside itself. The graph must not be empty; edges to outside of `nodes` are ignored. */
export function cycleAmong<T>(nodes: ReadonlySet<T>, needs: (node: T) => Iterable<T>): readonly T[] {
  const index = new Map<T, number>()
  const low = new Map<T, number>()
  const stack: T[] = []
  const open = new Set<T>()
  const [start] = nodes
  if (start === undefined) return []
  const frames: { readonly node: T; readonly next: Iterator<T> }[] = []
  const enter = (node: T): void => {
    index.set(node, index.size)
    low.set(node, index.size - 1)
    stack.push(node)
    open.add(node)
    frames.push({ node, next: needs(node)[Symbol.iterator]() })
  }
  enter(start)
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const { node } = frame
    const step = frame.next.next()
    if (step.done !== true) {
      const to = step.value
      if (!nodes.has(to)) continue
      if (!index.has(to)) enter(to)
      else if (open.has(to)) low.set(node, Math.min(low.get(node) ?? 0, index.get(to) ?? 0))
      continue
    }
    // The first component that closes is a sink: whatever it needs is in itself.
    if (low.get(node) === index.get(node)) return stack.slice(stack.indexOf(node))
    frames.pop()
    const above = frames.at(-1)
    if (above !== undefined) low.set(above.node, Math.min(low.get(above.node) ?? 0, low.get(node) ?? 0))
  }
  return []
}
