/** What of this browser's storage is used. */

import { bytesText } from './state/amounts.js'
import { useStore } from './state/use-store.js'
import { useWorkspace } from './use-workspace.js'

export function StorageMeter() {
  const { storage } = useWorkspace()
  const use = useStore(storage.use)
  if (use === null || use.quota === 0) return null
  const text = `${bytesText(use.used)} of ${bytesText(use.quota)}`
  const percent = Math.min(100, (use.used / use.quota) * 100)
  return (
    <div class="storage">
      <p aria-hidden="true">
        <span>Storage used</span> <span>{text}</span>
      </p>
      <div
        class="storage-meter"
        role="meter"
        aria-label="Storage used"
        aria-valuemin={0}
        aria-valuemax={use.quota}
        aria-valuenow={Math.min(use.used, use.quota)}
        aria-valuetext={text}
      >
        <div class="storage-used" style={{ width: `max(2px, ${percent}%)` }} />
      </div>
    </div>
  )
}
