/**
 * What this browser keeps: the device token with its owner, whose folders lie here, and a wish to work offline. The token
 * stays beyond this tab only for who asked for it: any script of this origin could read it.
 */

const LOGIN = 'tidemark-notes.login'
const OWNERS = 'tidemark-notes.owners'
const OFFLINE = 'tidemark-notes.offline'

export interface Login {
  readonly user: string
  /** Id of the account. */
  readonly account: string
  readonly workspace: string
  readonly token: string
  readonly issuedAt: number
}

/** Whose files a folder of this browser holds. */
interface Owner {
  readonly user: string
  readonly account: string
}

export function keptLogin(): Login | null {
  const kept = (read(sessionStorage, LOGIN) ?? read(localStorage, LOGIN)) as Partial<Login> | null
  if (kept === null) return null
  const { user, account, workspace, token, issuedAt } = kept
  const isWhole = [user, account, workspace, token].every((text) => typeof text === 'string')
  return isWhole && typeof issuedAt === 'number' ? (kept as Login) : null
}

/** In this tab until it is closed; `stays`: in this browser, whose other tabs hear of it. Null: nobody is signed in. */
export function keepLogin(login: Login | null, stays = localStorage.getItem(LOGIN) !== null): void {
  const [place, other] = stays ? [localStorage, sessionStorage] : [sessionStorage, localStorage]
  other.removeItem(LOGIN)
  if (login === null) place.removeItem(LOGIN)
  else place.setItem(LOGIN, JSON.stringify(login))
}

export function ownerOf(workspace: string): Owner | null {
  return owners()[workspace] ?? null
}

/** Null: its files are gone from this browser. */
export function keepOwner(workspace: string, owner: Owner | null): void {
  const { [workspace]: _, ...others } = owners()
  localStorage.setItem(OWNERS, JSON.stringify(owner === null ? others : { ...others, [workspace]: owner }))
}

export function worksOffline(): boolean {
  return localStorage.getItem(OFFLINE) !== null
}

export function keepOffline(wanted: boolean): void {
  if (wanted) localStorage.setItem(OFFLINE, 'yes')
  else localStorage.removeItem(OFFLINE)
}

/** Calls when another tab signed in or out, or changed the wish to work offline. Returns the function that ends it. */
export function onKept(listener: () => void): () => void {
  const hear = ({ key }: StorageEvent): void => {
    if (key === null || key === LOGIN || key === OFFLINE) listener()
  }
  addEventListener('storage', hear)
  return () => removeEventListener('storage', hear)
}

function owners(): Readonly<Record<string, Owner>> {
  return (read(localStorage, OWNERS) ?? {}) as Readonly<Record<string, Owner>>
}

/** What somebody else wrote there is nothing of ours. */
function read(storage: Storage, key: string): object | null {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? 'null')
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
