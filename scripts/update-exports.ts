/** `npm run exports:update`: writes the names that each built entry exports into test/package/exports.json. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '..')
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { default: string }>
}

const names: Record<string, readonly string[]> = {}
for (const [subpath, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue
  const entry = (await import(pathToFileURL(join(root, target.default)).href)) as Record<string, unknown>
  names[`tidemark${subpath.slice(1)}`] = Object.keys(entry).sort()
}
writeFileSync(join(root, 'test/package/exports.json'), `${JSON.stringify(names, null, 2)}\n`)
