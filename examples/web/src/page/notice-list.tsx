/** Short messages, read out as they come. */

import { CloseIcon } from './icons.js'
import type { Notice } from './state/notices.js'
import { useStore } from './state/use-store.js'
import { focusTree } from './tree/focus-tree.js'
import { useWorkspace } from './use-workspace.js'

export function NoticeList() {
  const { notices } = useWorkspace()
  const list = useStore(notices.list)
  return (
    <div class="notices" role="status" aria-label="Notices">
      {list.map((notice) => (
        <NoticeItem key={notice.id} notice={notice} onDone={() => notices.dismiss(notice.id)} />
      ))}
    </div>
  )
}

function NoticeItem({ notice, onDone }: { readonly notice: Notice; readonly onDone: () => void }) {
  const { text, tone, action } = notice
  const done = (): void => {
    onDone()
    // The button that had the focus is gone.
    focusTree()
  }
  return (
    <div class={`notice is-${tone}`}>
      <p>{text}</p>
      {action !== null && (
        <button
          type="button"
          onClick={() => {
            done()
            action.run()
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" class="bare" aria-label="Dismiss" onClick={done}>
        <CloseIcon />
      </button>
    </div>
  )
}
