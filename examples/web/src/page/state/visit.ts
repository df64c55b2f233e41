/** From the sign-in to the sign-out. What another tab of this browser does about it happens here too. */

import { type Credentials, logOut, removeFolder, signIn } from '../session/accounts.js'
import { keepLogin, keptLogin, type Login, onKept } from '../session/kept-login.js'
import { words } from './notices.js'
import { OpenWorkspace } from './open-workspace.js'
import { Store } from './store.js'

export type Place =
  | { readonly kind: 'sign-in'; readonly user: string; readonly workspace: string; readonly message: string | null }
  | { readonly kind: 'leaving' }
  | { readonly kind: 'workspace'; readonly workspace: OpenWorkspace }

export class Visit {
  readonly place: Store<Place>

  constructor() {
    const login = keptLogin()
    this.place = new Store<Place>(login === null ? signInPlace(null) : opened(login))
    onKept(() => void this.#takeKept())
  }

  /** @throws what the server or this browser has against it */
  async signIn(how: 'login' | 'register', credentials: Credentials): Promise<void> {
    this.place.set(opened(await signIn(how, credentials)))
  }

  /** @throws what stands in the way of saving what was typed: nothing is left then */
  async signOut({ removesFiles }: { readonly removesFiles: boolean }): Promise<void> {
    const { value } = this.place
    if (value.kind !== 'workspace') return
    const { workspace } = value
    await workspace.settle()
    const { token } = keptLogin() ?? workspace.login
    this.place.set({ kind: 'leaving' })
    keepLogin(null)
    const troubles: string[] = []
    try {
      await workspace.close()
      const trouble = await logOut(token)
      if (trouble !== null)
        troubles.push('The server could not be told: it forgets this browser after some weeks without use.')
      if (removesFiles) await removeFolder(workspace.login.workspace)
    } catch (error) {
      const { message, next } = words(error)
      troubles.push(`Not all of it is removed from this browser. ${message} ${next}`)
    }
    this.place.set(signInPlace(workspace.login, troubles.length === 0 ? null : troubles.join(' ')))
  }

  /** The token is worth nothing any more: a new one is asked for, the files stay. */
  async signInAgain(): Promise<void> {
    const { value } = this.place
    if (value.kind !== 'workspace') return
    await value.workspace.settle()
    this.place.set({ kind: 'leaving' })
    keepLogin(null)
    await value.workspace.close()
    this.place.set(signInPlace(value.workspace.login))
  }

  async #takeKept(): Promise<void> {
    const { value } = this.place
    const login = keptLogin()
    if (value.kind === 'leaving' || (value.kind === 'sign-in' && login === null)) return
    if (value.kind === 'workspace') {
      const { workspace } = value
      if (login?.account === workspace.login.account && login.workspace === workspace.login.workspace) return
      this.place.set({ kind: 'leaving' })
      // A draft holds what cannot be saved now.
      await workspace.settle().catch(() => void workspace.open.keepDraft())
      await workspace.close()
      if (login === null) return this.place.set(signInPlace(workspace.login, 'Signed out in another tab.'))
    }
    if (login !== null) this.place.set(opened(login))
  }
}

/** A browser that gives the page no storage or no locks says so on the first screen. */
function opened(login: Login): Place {
  try {
    // Spares the storage of this site when the browser runs short; asking costs nothing.
    void navigator.storage.persist().catch(() => false)
    return { kind: 'workspace', workspace: new OpenWorkspace(login) }
  } catch (error) {
    const { message, next } = words(error)
    return signInPlace(login, `${message} ${next}`)
  }
}

/** The address may fill the fields: #user=ann&workspace=notes. */
function signInPlace(login: Login | null, message: string | null = null): Place {
  const given = new URLSearchParams(location.hash.slice(1))
  const user = given.get('user') ?? login?.user ?? ''
  const workspace = given.get('workspace') ?? login?.workspace ?? 'notes'
  return { kind: 'sign-in', user, workspace, message }
}
