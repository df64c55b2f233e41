/** The package of a repository as it would be published: packed from what is built, without any script of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../testing/process.js'

/** Bytes of the tarball. */
export async function packed(root: string): Promise<Uint8Array> {
  const place = mkdtempSync(join(tmpdir(), 'tidemark-pack-'))
  try {
    const args = ['pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', place]
    const { stdout, stderr, exitCode } = await run('npm', args, { cwd: root, timeLimitMs: 120_000 })
    if (exitCode !== 0) throw new Error(`npm pack: ${stdout}${stderr}`)
    const [told] = JSON.parse(stdout) as readonly { readonly filename: string }[]
    return readFileSync(join(place, told!.filename))
  } finally {
    rmSync(place, { recursive: true })
  }
}
