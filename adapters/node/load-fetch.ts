/** What makes HTTP calls on Node. A program that only shows its help has none of it loaded. */

import type http from 'node:http'
import type { HttpFetch } from './http-fetch.js'

export interface LoadedFetch {
  readonly fetch: HttpFetch
  readonly agentFor: (url: URL, options: http.AgentOptions) => http.Agent
}

let loading: Promise<LoadedFetch> | null = null

/** node-fetch and Node's agents; loaded once. */
export function loadFetch(): Promise<LoadedFetch> {
  loading ??= load()
  return loading
}

async function load(): Promise<LoadedFetch> {
  const [nodeFetch, http, https] = await Promise.all([import('node-fetch'), import('node:http'), import('node:https')])
  return {
    fetch: nodeFetch.default as unknown as HttpFetch,
    agentFor: ({ protocol }, options) => new (protocol === 'https:' ? https : http).Agent(options),
  }
}
