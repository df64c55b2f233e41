/**
 * Text that was typed and not saved when its tab went. It is written down at once, which a page that goes is still given
 * the time for, and put into its file at the next visit.
 */

const KEY = 'tidemark-notes.draft.'

export interface Draft {
  readonly workspace: string
  readonly path: string
  /** As the file shall be. */
  readonly text: string
  /** As the file was when it was loaded. */
  readonly before: string
}

/** Returns the function that takes it back. */
export function keepDraft(draft: Draft): () => void {
  const key = KEY + crypto.randomUUID()
  localStorage.setItem(key, JSON.stringify(draft))
  return () => localStorage.removeItem(key)
}

/** Each is handed out once in this tab; it is kept until `settle` has resolved. */
export async function settleDrafts(workspace: string, settle: (draft: Draft) => Promise<void>): Promise<void> {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(KEY))
  for (const key of keys) {
    const draft = readDraft(key)
    if (draft?.workspace !== workspace) continue
    await settle(draft)
    localStorage.removeItem(key)
  }
}

function readDraft(key: string): Draft | null {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<Draft> | null
    const isDraft = [value?.workspace, value?.path, value?.text, value?.before].every(
      (text) => typeof text === 'string',
    )
    return isDraft ? (value as Draft) : null
  } catch {
    return null
  }
}
