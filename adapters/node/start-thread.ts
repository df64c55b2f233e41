/** Starts a worker thread of ours: beside this file in the built package; through tsx when the sources are run as they are. */

import { Worker } from 'node:worker_threads'

/** `name`: of the entry, which must end in `-worker`. `data` is what the thread finds as its `workerData`. */
export function startThread(name: 'folder-worker' | 'store-worker', data: unknown = null): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    const execArgv = withoutHooks(process.execArgv)
    return new Worker(new URL(`./${name}.js`, import.meta.url), { workerData: data, execArgv })
  }
  const tsx = import.meta.resolve('tsx/esm/api')
  const entry = new URL(`./${name}.ts`, import.meta.url).href
  const code = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}) })`
  return new Worker(code, { eval: true, execArgv: [], workerData: data })
}

const HOOKS = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader'])

/** What the embedding program loads ahead of its own modules is no affair of our threads, and may cost each a second. */
function withoutHooks(flags: readonly string[]): string[] {
  return flags.filter((flag, at) => !HOOKS.has(flag.split('=')[0] ?? '') && !HOOKS.has(flags[at - 1] ?? ''))
}
