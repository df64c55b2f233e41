/** Paths below the root of a workspace: names joined by '/'; '' is the root. */

export function parentOf(path: string): string {
  const at = path.lastIndexOf('/')
  return at < 0 ? '' : path.slice(0, at)
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function joined(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`
}

/** The path itself, or something in it. */
export function isWithin(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`)
}

/** The directories above, the outermost first, without the root. */
export function directoriesAbove(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, at) => names.slice(0, at + 1).join('/'))
}

/** A name with something put before its ending: `list.txt` becomes `list (2).txt`. */
export function marked(name: string, mark: string): string {
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  return `${stem} (${mark})${ending}`
}
