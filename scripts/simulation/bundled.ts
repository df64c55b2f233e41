/** A script as one file of plain JavaScript: a long run of it takes a tenth less time than one that is translated while it loads. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Translates `script` with all it imports, hands out the path of the result, and removes it afterwards. It may not import this file: esbuild is no part of a bundle. */
export async function bundled<T>(script: string, use: (file: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-bundle-'))
  const outfile = join(directory, 'script.mjs')
  try {
    await build({
      entryPoints: [script],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: `node${process.versions.node.split('.')[0]}`,
      logLevel: 'error',
    })
    return await use(outfile)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
