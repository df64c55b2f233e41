/** The short way into the app, for what is not about signing in. */

import type { Demo } from './demo-child.js'
import { WebPage } from './web-page.js'
import type { Visit, Visitor, WebBrowser } from './web-browser.js'

export interface SignedIn extends Visitor {
  readonly web: WebPage
}

export async function signedIn(
  browser: WebBrowser,
  demo: Demo,
  { workspace = 'notes', ...how }: Omit<Visit, 'url'> & { readonly workspace?: string } = {},
): Promise<SignedIn> {
  const visitor = await browser.visit({ url: demo.url, ...how })
  const web = new WebPage(visitor.page)
  await signIn(web, demo, workspace)
  return { ...visitor, web }
}

export async function signIn(web: WebPage, { user, password }: Demo, workspace = 'notes'): Promise<void> {
  await web.input('User').fill(user)
  await web.password.fill(password)
  await web.input('Workspace').fill(workspace)
  await web.page.getByLabel('Stay signed in on this device').check()
  await web.button('Sign in').click()
  await web.heading(1, 'Tidemark notes').waitFor()
  await web.isStatus('In step')
}

/** By its path, with the directories above it opened. */
export async function openFile(web: WebPage, path: string): Promise<void> {
  const names = path.split('/')
  for (const name of names.slice(0, -1)) await unfold(web, name)
  await web.node(names.at(-1) ?? path).click()
  await web.heading(2, path).waitFor()
}

async function unfold(web: WebPage, name: string): Promise<void> {
  const node = web.node(name)
  await node.waitFor()
  if ((await node.getAttribute('aria-expanded')) !== 'true') await node.click()
}
