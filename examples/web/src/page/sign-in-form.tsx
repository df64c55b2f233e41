/** The first screen. Enter signs in; an account is made by its own button. */

import { useRef, useState } from 'preact/hooks'
import { Mark } from './icons.js'
import type { Place, Visit } from './state/visit.js'
import { TroubleText } from './trouble-text.js'

interface Given {
  readonly visit: Visit
  readonly place: Extract<Place, { readonly kind: 'sign-in' }>
}

export function SignInForm({ visit, place }: Given) {
  const form = useRef<HTMLFormElement>(null)
  const { trouble, isBusy, send } = useSending(visit, form)
  return (
    <main class="sign-in">
      <form
        ref={form}
        aria-labelledby="sign-in-title"
        onSubmit={(event) => {
          event.preventDefault()
          send('login')
        }}
      >
        <p class="brand">
          <Mark /> Tidemark notes
        </p>
        <h1 id="sign-in-title">Sign in</h1>
        <p class="hint">Notes and files in this browser, in step with all your devices.</p>
        {place.message !== null && <p class="message">{place.message}</p>}
        <label>
          User
          <input name="user" required autocomplete="username" {...PLAIN} defaultValue={place.user} />
        </label>
        <label>
          Password
          <input name="password" type="password" required autocomplete="current-password" />
        </label>
        <label>
          Workspace
          <input name="workspace" required autocomplete="off" {...PLAIN} defaultValue={place.workspace} />
        </label>
        <label class="check">
          <input name="stays" type="checkbox" />
          Stay signed in on this device
        </label>
        <TroubleText error={trouble} />
        <div class="buttons">
          <button type="submit" class="primary" disabled={isBusy}>
            Sign in
          </button>
          <button type="button" disabled={isBusy} onClick={() => send('register')}>
            Create account
          </button>
        </div>
      </form>
    </main>
  )
}

const PLAIN = { autocapitalize: 'none', spellcheck: false } as const

function useSending(visit: Visit, form: { readonly current: HTMLFormElement | null }) {
  const [trouble, setTrouble] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (how: 'login' | 'register'): Promise<void> => {
    const { current } = form
    if (current === null || isBusy || !current.reportValidity()) return
    const given = new FormData(current)
    const text = (name: string): string => {
      const value = given.get(name)
      return typeof value === 'string' ? value : ''
    }
    setBusy(true)
    setTrouble(null)
    try {
      const [user, workspace, password] = [text('user').trim(), text('workspace').trim(), text('password')]
      await visit.signIn(how, { user, workspace, password, stays: given.has('stays') })
    } catch (error) {
      setTrouble(error)
      setBusy(false)
    }
  }
  return { trouble, isBusy, send: (how: 'login' | 'register') => void send(how) }
}
