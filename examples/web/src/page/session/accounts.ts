/** Signing in and out. A folder of this browser belongs to one account: nobody else's files are united with it. */

import { nameTrouble, TidemarkError } from 'tidemark'
import { accountClient, rotatingToken, unlinkFolder } from 'tidemark/browser'
import { keepLogin, keepOwner, keptLogin, ownerOf, type Login } from './kept-login.js'
import { whenUnlocked } from './when-unlocked.js'

export const SYNC_URL = '/sync'

export interface Credentials {
  readonly user: string
  readonly password: string
  readonly workspace: string
  /** The login lasts beyond this tab. */
  readonly stays: boolean
}

/** Keeps the login of this browser. @throws unauthorized, offline, exists, invalid-option */
export async function signIn(how: 'login' | 'register', credentials: Credentials): Promise<Login> {
  const { user, password, workspace, stays } = credentials
  const trouble = nameTrouble(workspace)
  if (trouble !== null)
    throw new TidemarkError('invalid-option', `the workspace "${workspace}" can be no folder: its name ${trouble}`, {
      subject: 'workspace',
      next: 'Give it a name such as "notes".',
    })
  const accounts = accountClient({ url: SYNC_URL })
  try {
    const made = await accounts[how]({ name: user, password, device: deviceName() })
    const owner = ownerOf(workspace)
    if (owner !== null && owner.account !== made.user && owner.user !== user) {
      await accounts.logout(made.token).catch(() => undefined)
      throw new TidemarkError('exists', `this browser keeps the workspace "${workspace}" of ${owner.user}`, {
        subject: 'workspace',
        next: `Choose another workspace, or sign in as ${owner.user} and sign out with the files removed.`,
      })
    }
    const login = { user, account: made.user, workspace, token: made.token, issuedAt: Date.now() }
    keepOwner(workspace, { user, account: made.user })
    keepLogin(login, stays)
    return login
  } catch (error) {
    if (how === 'register' || !(error instanceof TidemarkError) || error.code !== 'unauthorized') throw error
    throw new TidemarkError('unauthorized', 'the user or the password is wrong', {
      next: 'Try again, or create an account.',
      cause: error,
    })
  } finally {
    await accounts.close()
  }
}

/** What lies in this browser is the truth, so a token that another tab exchanged is taken up at once. */
export function tokenSource(login: Login): () => Promise<string> {
  const accounts = accountClient({ url: SYNC_URL })
  return rotatingToken({
    accounts,
    read: () => mine(login) ?? login,
    write: ({ token, issuedAt }) => {
      const kept = mine(login)
      if (kept !== null) keepLogin({ ...kept, token, issuedAt })
    },
  })
}

function mine({ account, workspace }: Login): Login | null {
  const kept = keptLogin()
  return kept?.account === account && kept.workspace === workspace ? kept : null
}

/** Null: done. Else why the server still knows the token: it ends there when it is not used. */
export async function logOut(token: string): Promise<TidemarkError | null> {
  const accounts = accountClient({ url: SYNC_URL })
  try {
    await accounts.logout(token)
    return null
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    return error.code === 'unauthorized' ? null : error
  } finally {
    await accounts.close()
  }
}

/** The files of a workspace, with all the engine keeps of it in this browser. No engine may run. */
export async function removeFolder(workspace: string): Promise<void> {
  await whenUnlocked(() => unlinkFolder(workspace, { trash: 'remove' }))
  const origin = await navigator.storage.getDirectory()
  await origin.removeEntry(workspace, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
  })
  keepOwner(workspace, null)
}

/** What the owner sees in the list of devices, and what stands in the names of conflict copies made here. */
export function deviceName(): string {
  const { userAgent } = navigator
  const known = [
    ['Edg/', 'Edge'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ] as const
  return known.find(([mark]) => userAgent.includes(mark))?.[1] ?? 'browser'
}
