/** Signing in by the keyboard: the wrong password first. */

import type { ExecutionContext } from 'ava'
import type { Walk } from './walk.js'

/** The browser's own line, which no page can keep from the console. */
const REFUSED = 'error: Failed to load resource: the server responded with a status of 401 (Unauthorized)'

export async function signInByKeys(t: ExecutionContext, { web, keys, demo, faults }: Walk): Promise<void> {
  await web.heading(1, 'Sign in').waitFor()
  t.is(await web.page.title(), 'Tidemark notes')
  t.is(await web.input('Workspace').inputValue(), 'notes')
  await keys.write(web.input('User'), demo.user)
  await keys.write(web.password, 'no password of anybody')
  await keys.press('Enter')
  await web.alert.first().waitFor()
  t.deepEqual(faults(), [REFUSED])
  await keys.write(web.password, demo.password)
  await keys.press('Enter')
  await web.heading(1, 'Tidemark notes').waitFor()
  await web.isStatus('In step')
}
