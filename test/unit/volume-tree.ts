/** Trees of a volume in memory: told as data, so that two can be compared, and copied. */

import type { Volume } from 'memfs'

/** Every path with its content; directories end in `/`, executable files in `*`. Files beyond 64 bytes by length. */
export function treeOf(volume: Volume, root: string): Record<string, string> {
  const found: Record<string, string> = {}
  const walk = (path: string): void => {
    for (const name of (volume.readdirSync(path === '' ? root : `${root}/${path}`) as string[]).sort()) {
      if (path === '' && name === '.tidemark') continue
      const at = path === '' ? name : `${path}/${name}`
      const stats = volume.lstatSync(`${root}/${at}`)
      if (stats.isDirectory()) {
        found[`${at}/`] = ''
        walk(at)
      } else if (stats.isFile()) {
        const content = volume.readFileSync(`${root}/${at}`) as Uint8Array
        const name_ = (Number(stats.mode) & 0o100) === 0 ? at : `${at}*`
        found[name_] = content.length > 64 ? `${content.length} bytes` : new TextDecoder().decode(content)
      } else found[at] = 'special'
    }
  }
  walk('')
  return found
}

/** Contents and modes, no times. */
export function copyTree(from: Volume, to: Volume, path: string): void {
  for (const name of from.readdirSync(path) as string[]) {
    const at = `${path}/${name}`
    const stats = from.lstatSync(at)
    if (stats.isDirectory()) {
      to.mkdirSync(at, { recursive: true })
      copyTree(from, to, at)
    } else to.writeFileSync(at, from.readFileSync(at), { mode: Number(stats.mode) & 0o777 })
  }
}
