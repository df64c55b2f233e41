/** What the page of an app and its service worker say to each other. */

import type { AppSettings } from './engine-page.js'

/** What the page asks for. */
export type Asked = { readonly kind: 'sync'; readonly settings: AppSettings } | { readonly kind: 'names' }

/** How one turn ended. */
export type Turn = 'done' | 'left to a tab' | { readonly failed: string }

/** The channel on which turns are told that no page asked for. */
export const TURNS = 'background-turns'
