/** Starts a worker thread of ours: beside this file in the built package; through tsx when the sources are run as they are. */

import { Worker } from 'node:worker_threads'

/** `name`: of the entry, which must end in `-worker`. `data` is what the thread finds as its `workerData`. */
export function startThread(name: 'folder-worker' | 'store-worker', data: unknown = null): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    const isHooked = process.execArgv.some((flag) => HOOKS.has(flag.split('=')[0] ?? ''))
    const flags = isHooked ? { execArgv: [] } : {}
    return new Worker(new URL(`./${name}.js`, import.meta.url), { workerData: data, ...flags })
  }
  const tsx = import.meta.resolve('tsx/esm/api')
  const entry = new URL(`./${name}.ts`, import.meta.url).href
  const code = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}) })`
  return new Worker(code, { eval: true, execArgv: [], workerData: data })
}

/**
 * What the embedding program loads ahead of its own modules is no affair of our threads, and may cost each a second. Flags
 * are handed on all or none: of some of them no thread may be told again.
 */
const HOOKS = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader'])
