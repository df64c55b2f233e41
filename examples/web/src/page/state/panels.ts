/** What is open beside the files: one at a time, and closed again by Escape. */

export type Panel = 'conflicts' | 'problems' | 'history' | null

/** What asks in a dialog. */
export type Question =
  | { readonly kind: 'new-note' | 'new-folder'; readonly directory: string }
  | { readonly kind: 'rename'; readonly path: string; readonly of: 'file' | 'directory' }
  | { readonly kind: 'sign-out' }
  | null
