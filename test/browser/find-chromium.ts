/** Finds the Chromium that the tests drive, and asks it for its version. Installs nothing. */

import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'

/** Where one is, or how the title of a test ends that was skipped for want of it. */
export type FoundChromium =
  | { readonly path: string; readonly lack: null }
  | { readonly path: null; readonly lack: string }

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** What TIDEMARK_CHROMIUM says on a machine that is known to have none, and to get none. */
const NONE = 'none'

type Environment = Readonly<Record<string, string | undefined>>

/** What TIDEMARK_CHROMIUM names counts alone; without it, the first of the known names in PATH. */
export function findChromium(env: Environment = process.env): FoundChromium {
  const named = env['TIDEMARK_CHROMIUM'] ?? ''
  if (named === NONE) {
    return { path: null, lack: '(capability: no Chromium on this machine, as TIDEMARK_CHROMIUM declares)' }
  }
  if (named !== '') {
    if (isAbsolute(named) && answers(named)) return { path: named, lack: null }
    return { path: null, lack: `(missing: chromium, which TIDEMARK_CHROMIUM says is ${named})` }
  }
  const places = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  const path = NAMES.flatMap((name) => places.map((place) => join(place, name))).find(answers)
  if (path === undefined) return { path: null, lack: '(missing: chromium, which .ci/run installs)' }
  return { path, lack: null }
}

/** Some systems keep a program of that name that only says where to get one. */
function answers(path: string): boolean {
  const { stdout } = spawnSync(path, ['--version'], { cwd: tmpdir(), encoding: 'utf8', timeout: 20_000 })
  return typeof stdout === 'string' && /^(Chromium|Google Chrome) \d/.test(stdout)
}
