/** Circles of a directed graph: its strongly connected components with more than one member (Tarjan, 1972). */

/** Each circle as its members in sorted order; a node that points at itself is a circle of one. */
export function circlesOf(arrows: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []

  const visit = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    stack.push(node)
    for (const next of arrows.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!))
    }
    if (low.get(node) !== index.get(node)) return
    const members = stack.splice(stack.indexOf(node))
    if (members.length > 1 || arrows.get(node)?.has(node) === true) circles.push(members.sort())
  }
  for (const node of [...arrows.keys()].sort()) if (!index.has(node)) visit(node)
  return circles
}
