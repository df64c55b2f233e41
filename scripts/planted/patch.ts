/** A bug planted into shipped source: what it does wrong, and the edits that make it. Data; nothing here reads a file. */

/** Replaces a text that occurs exactly once in its file. */
export interface Edit {
  /** Below the root of the repository. */
  readonly file: string
  readonly from: string
  readonly to: string
}

/** It names no check: what finds it must not know it. */
export interface Patch extends Edit {
  /** From 1 to 50, as the bugs are counted in the list of planted bugs. */
  readonly number: number
  /** The bug, as somebody would tell of it afterwards. */
  readonly what: string
  /** Where one place is not enough. */
  readonly also?: readonly Edit[]
}

export function editsOf({ file, from, to, also = [] }: Patch): readonly Edit[] {
  return [{ file, from, to }, ...also]
}

/** Why an edit cannot be made on this text; null when it can. */
export function misfit({ number }: Patch, { file, from, to }: Edit, text: string): string | null {
  const times = text.split(from).length - 1
  const name = `planted bug ${number}`
  if (!/^(src|adapters)\//.test(file) || file.startsWith('adapters/simulation/'))
    return `${name} is planted into ${file}, which is not shipped source`
  if (from === to) return `${name} changes nothing in ${file}`
  return times === 1 ? null : `${name} does not apply: its text occurs ${times} times in ${file}, not once`
}
