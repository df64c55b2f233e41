/** The fenced code blocks of a Markdown document, each with the comment that stands right above it. Judges nothing. */

export interface Fence {
  /** The document, relative to the root. */
  readonly file: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  readonly language: string
  /** What follows the language. */
  readonly info: string
  readonly text: string
  /** Inside of an HTML comment of one line right above; null when there is none. */
  readonly comment: string | null
}

const OPENING = /^( *)(`{3,}|~{3,}) *([^\s`]*) *([^`]*)$/

export function fencesOf(file: string, markdown: string): readonly Fence[] {
  const lines = markdown.split(/\r?\n/)
  const fences: Fence[] = []
  for (let at = 0; at < lines.length; at++) {
    const opening = OPENING.exec(lines[at]!)
    if (opening === null) continue
    const [, indent = '', marks = '', language = '', info = ''] = opening
    const inner = lines.slice(at + 1)
    const length = inner.findIndex((line) => line.trim() === marks)
    if (length === -1) throw new Error(`${file}:${at + 1}: this code block never ends`)
    fences.push({
      file,
      line: at + 1,
      language,
      info: info.trim(),
      text: inner
        .slice(0, length)
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
        .join('\n'),
      comment: /^ *<!-- (.*) -->$/.exec(lines[at - 1] ?? '')?.[1] ?? null,
    })
    at += length + 1
  }
  return fences
}
