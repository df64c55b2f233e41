/** The editor of a text. What comes from elsewhere appears in it as long as nothing typed is unsaved, and the caret stays. */

import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import type { TextEditor } from '../files/text-editor.js'
import { words } from '../state/notices.js'
import { useStore } from '../state/use-store.js'
import { useWorkspace } from '../use-workspace.js'
import { replaceText } from './replace-text.js'

export function TextPane({ editor }: { readonly editor: TextEditor }) {
  const workspace = useWorkspace()
  const area = useRef<HTMLTextAreaElement>(null)
  const loaded = useStore(editor.view, (view) => view.loaded)
  const path = useStore(editor.view, (view) => view.path)
  const state = useStore(editor.view, (view) => view.state)
  const trouble = useStore(editor.view, (view) => view.trouble)
  const id = useId()
  useLayoutEffect(() => {
    if (area.current !== null) replaceText(area.current, editor.view.value.text)
  }, [editor, loaded])
  useLayoutEffect(() => {
    if (workspace.takesKeys(path)) area.current?.focus()
  }, [workspace, path])
  return (
    <div class="text">
      <label class="unseen" for={id}>
        Text of {path}
      </label>
      {trouble !== null && (
        <p role="alert" class="trouble">
          {words(trouble).message} {words(trouble).next} Your text stays here and is tried again.
        </p>
      )}
      <textarea
        id={id}
        ref={area}
        spellcheck
        onInput={(event) => editor.type(event.currentTarget.value)}
        onBlur={() => void editor.save()}
      />
      <p class="text-state">
        {state === 'saved' ? 'Saved in this browser' : trouble === null ? 'Saving …' : 'Not saved'}
      </p>
    </div>
  )
}
