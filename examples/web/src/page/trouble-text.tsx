/** What went wrong and what to do, read out as soon as it is there. */

import { words } from './state/notices.js'

export function TroubleText({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null
  const { message, next } = words(error)
  return (
    <p role="alert" class="trouble">
      {message} {next}
    </p>
  )
}
