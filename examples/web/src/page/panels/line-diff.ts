/** Which lines differ between two texts. Bounded: where there is too much to compare, all that is not equal at the ends counts as other. */

export interface DiffLine {
  readonly text: string
  readonly differs: boolean
}

export interface SideBySide {
  readonly left: readonly DiffLine[]
  readonly right: readonly DiffLine[]
}

/** Cells of the table. */
const MOST_CELLS = 4_000_000

export function lineDiff(left: string, right: string): SideBySide {
  const a = left.split('\n')
  const b = right.split('\n')
  const most = Math.min(a.length, b.length)
  let head = 0
  while (head < most && a[head] === b[head]) head++
  let tail = 0
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const { inLeft, inRight } = common(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  const side = (lines: readonly string[], kept: ReadonlySet<number>): readonly DiffLine[] =>
    lines.map((text, at) => ({ text, differs: at >= head && at < lines.length - tail && !kept.has(at - head) }))
  return { left: side(a, inLeft), right: side(b, inRight) }
}

/** Lines that both have in the same order: a longest such row of them. */
function common(a: readonly string[], b: readonly string[]) {
  const inLeft = new Set<number>()
  const inRight = new Set<number>()
  const width = b.length + 1
  if (a.length * width > MOST_CELLS) return { inLeft, inRight }
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      inLeft.add(i++)
      inRight.add(j++)
    } else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return { inLeft, inRight }
}

export type ShownLine = DiffLine | { readonly skipped: number }

const AROUND = 3
const MOST_LINES = 400

/** The lines that differ with some around them; of many the first. */
export function shownLines(lines: readonly DiffLine[]): readonly ShownLine[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ differs }) => differs),
  )
  const shown: ShownLine[] = []
  let skipped = 0
  lines.forEach((line, at) => {
    if (isNear[at] !== true || shown.length >= MOST_LINES) {
      skipped++
      return
    }
    if (skipped > 0) shown.push({ skipped })
    skipped = 0
    shown.push(line)
  })
  if (skipped > 0) shown.push({ skipped })
  return shown
}
