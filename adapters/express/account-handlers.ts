/** The account routes: shape of the body checked, handed to the rules, answered by an allow-list of fields (SEC-03). */

import type { Request, Response } from 'express'
import type * as v from 'valibot'
import type { Accounts, Principal } from '../../src/accounts/index.js'
import { isRandomId, TidemarkError } from '../../src/index.js'
import { LoginBody, parseShape, PasswordBody, RegisterBody } from '../shared/http-wire.js'
import { sendJson } from './answers.js'
import type { Caller, RouteHandler } from './route-handler.js'
import type { RouteKey } from './routes.js'

type AccountRoute = Extract<RouteKey, `${string} /accounts/${string}`>

export function accountHandlers(accounts: Accounts): Readonly<Record<AccountRoute, RouteHandler>> {
  return {
    'POST /accounts/register': async (request, response) => {
      const { name, password } = bodyOf(RegisterBody, request)
      await accounts.register({ name, password, source: sourceOf(request) }, { signal: goneSignal(response) })
      sendJson(response, 202, { accepted: true })
    },
    'POST /accounts/login': async (request, response) => {
      const { name, password, device: label } = bodyOf(LoginBody, request)
      const credentials = { name, password, label, source: sourceOf(request) }
      const { user, device, token, expiresAt } = await accounts.login(credentials, { signal: goneSignal(response) })
      sendJson(response, 200, { user, device, token, expiresAt })
    },
    'POST /accounts/token': async (_request, response, caller) => {
      const { device, token, expiresAt } = await accounts.rotate(known(caller).token)
      sendJson(response, 200, { device, token, expiresAt })
    },
    'POST /accounts/logout': async (_request, response, caller) => {
      const principal = await owner(accounts, caller)
      await accounts.revoke(principal, principal.device)
      sendJson(response, 200, {})
    },
    'POST /accounts/password': async (request, response, caller) => {
      const passwords = bodyOf(PasswordBody, request)
      await accounts.changePassword(await owner(accounts, caller), passwords, { signal: goneSignal(response) })
      sendJson(response, 200, {})
    },
    'GET /accounts/devices': async (_request, response, caller) => {
      const principal = await owner(accounts, caller)
      const devices = await accounts.devices(principal)
      sendJson(response, 200, {
        devices: devices.map(({ device, label, createdAt, seenAt, expiresAt }) => {
          return { device, label, createdAt, seenAt, expiresAt, current: device === principal.device }
        }),
      })
    },
    'DELETE /accounts/devices/:device': async (request, response, caller) => {
      const principal = await owner(accounts, caller)
      const { device } = request.params
      if (!isRandomId(device))
        throw new TidemarkError('not-found', 'this account has no such device', { subject: 'device' })
      await accounts.revoke(principal, device)
      sendJson(response, 200, {})
    },
  }
}

/** The message never quotes the body: it holds a password. */
function bodyOf<S extends v.GenericSchema>(schema: S, request: Request): v.InferOutput<S> {
  const body = parseShape(schema, request.body)
  if (body === null) throw new TidemarkError('invalid', 'the body has other fields than this route takes')
  return body
}

/** What the app's `trust proxy` makes of the connection; never a header that anybody may send (SEC-23). */
function sourceOf(request: Request): string | null {
  return request.ip ?? 'unknown'
}

function known(caller: Caller | null): Caller {
  if (caller === null) throw new TidemarkError('internal', 'a request came past the door')
  return caller
}

/** A server may know tokens of another make; accounts answer for their own only. */
async function owner(accounts: Accounts, caller: Caller | null): Promise<Principal> {
  const principal = await accounts.authenticate(known(caller).token)
  if (principal === null)
    throw new TidemarkError('unauthorized', 'the token is wrong, expired or revoked', { next: 'Log in again.' })
  return principal
}

function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new TidemarkError('aborted', 'the client is gone'))
  })
  return gone.signal
}
