/**
 * Every route there is, in one table: the router is built from it, and the authorisation matrix is tested from it (SEC-01, SEC-47).
 * What is not in the table does not exist.
 */

/** One route: who may use it, what it takes and gives. */
interface Route {
  /** As in the request. */
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the place where the router is mounted. */
  readonly path: string
  /** 'device': only with a token that is good now. */
  readonly access: 'anyone' | 'device'
  /** What it needs to be there: 'accounts' routes are absent where the router was given no accounts. */
  readonly part: 'sync' | 'accounts'
  /** What the request carries. */
  readonly body: 'frame' | 'json' | 'none'
  /** 'events': server-sent ones, without an end. */
  readonly answer: 'frame' | 'json' | 'events'
  /** What it is for: the end of the sentence "it …". */
  readonly does: string
}

/** Every route that the router has. */
export const ROUTES = [
  {
    method: 'POST',
    path: '/',
    access: 'device',
    part: 'sync',
    body: 'frame',
    answer: 'frame',
    does: 'carries one frame to the server and its answer back',
  },
  {
    method: 'GET',
    path: '/hints',
    access: 'device',
    part: 'sync',
    body: 'none',
    answer: 'events',
    does: 'tells when a workspace named by ?workspace= may have changed, as server-sent events',
  },
  {
    method: 'POST',
    path: '/accounts/register',
    access: 'anyone',
    part: 'accounts',
    body: 'json',
    answer: 'json',
    does: 'makes an account; answers the same when the name is taken',
  },
  {
    method: 'POST',
    path: '/accounts/login',
    access: 'anyone',
    part: 'accounts',
    body: 'json',
    answer: 'json',
    does: 'gives a token to a new device',
  },
  {
    method: 'POST',
    path: '/accounts/token',
    access: 'device',
    part: 'accounts',
    body: 'json',
    answer: 'json',
    does: 'gives this device a new token',
  },
  {
    method: 'POST',
    path: '/accounts/logout',
    access: 'device',
    part: 'accounts',
    body: 'json',
    answer: 'json',
    does: 'ends the tokens of this device',
  },
  {
    method: 'POST',
    path: '/accounts/password',
    access: 'device',
    part: 'accounts',
    body: 'json',
    answer: 'json',
    does: 'changes the password and ends the tokens of all other devices',
  },
  {
    method: 'GET',
    path: '/accounts/devices',
    access: 'device',
    part: 'accounts',
    body: 'none',
    answer: 'json',
    does: 'lists the devices of the account',
  },
  {
    method: 'DELETE',
    path: '/accounts/devices/:device',
    access: 'device',
    part: 'accounts',
    body: 'none',
    answer: 'json',
    does: 'ends the tokens of one device of the account',
  },
] as const satisfies readonly Route[]

/** What is known of a route. */
export type RouteInfo = Route
export type RouteKey = KeyOf<(typeof ROUTES)[number]>
type KeyOf<R> = R extends { readonly method: infer M extends string; readonly path: infer P extends string }
  ? `${M} ${P}`
  : never

export function routeKey<R extends (typeof ROUTES)[number]>(route: R): RouteKey {
  return `${route.method} ${route.path}` as RouteKey
}
