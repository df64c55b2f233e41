/** A file that is no text to edit: what it is, a picture where it is one, and a way to take it along. */

import { useLayoutEffect, useState } from 'preact/hooks'
import { nameOf } from '../files/paths.js'
import { bytesText, timeText } from '../state/amounts.js'

export function BinaryPane({ path, file }: { readonly path: string; readonly file: File }) {
  const address = useAddress(file)
  const [isBroken, setBroken] = useState(false)
  useLayoutEffect(() => setBroken(false), [file])
  const isPicture = file.type.startsWith('image/') && !isBroken
  return (
    <div class="binary">
      {isPicture && address !== null && (
        <img src={address} alt={`Picture ${nameOf(path)}`} onError={() => setBroken(true)} />
      )}
      <dl>
        <div>
          <dt>Size</dt>
          <dd>{bytesText(file.size)}</dd>
        </div>
        <div>
          <dt>Type</dt>
          <dd>{file.type === '' ? 'not known' : file.type}</dd>
        </div>
        <div>
          <dt>Changed</dt>
          <dd>{timeText(file.lastModified)}</dd>
        </div>
      </dl>
      {address !== null && (
        <a class="button" href={address} download={nameOf(path)}>
          Download
        </a>
      )}
    </div>
  )
}

/** Under which the page itself reaches the file, as long as it is shown. */
function useAddress(file: File): string | null {
  const [address, setAddress] = useState<string | null>(null)
  useLayoutEffect(() => {
    const made = URL.createObjectURL(file)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return address
}
