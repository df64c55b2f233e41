/** Paths below the root: components joined by `/`, '' is the root. */

export function directoryOf(path: string): string {
  const at = path.lastIndexOf('/')
  return at < 0 ? '' : path.slice(0, at)
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function below(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`
}

/** The directory itself too. */
export function isWithin(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`)
}
