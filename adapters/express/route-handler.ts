/** What stands behind a route of the table: it is called with the caller that the route has let in. */

import type { Request, Response } from 'express'
import type { ServedPrincipal } from './served.js'

export interface Caller {
  readonly principal: ServedPrincipal
  readonly token: string
}

/** `caller` is null on routes for anyone, and only there. */
export type RouteHandler = (request: Request, response: Response, caller: Caller | null) => Promise<void>
