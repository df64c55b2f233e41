/**
 * What can be said of shell lines without running them: they parse, and the scripts, commands, options and packages they
 * name are there. Other programs are not looked into.
 */

export interface Known {
  /** Scripts of package.json. */
  readonly scripts: readonly string[]
  /** Help text of each command of the command line, by its name. */
  readonly commands: ReadonlyMap<string, string>
  /** Packages an app may be told to install, and the tarball. */
  readonly packages: readonly string[]
}

/** A line as the programs it calls, each with its words. Comments, redirections and assignments are taken off. */
function callsOf(line: string): readonly (readonly string[])[] {
  const plain = line.replace(/(^|\s)#.*$/, '').trim()
  return plain
    .split(/\s*(?:&&|\|\||[;|])\s*/)
    .map((call) => call.replace(/[0-9]?[<>]+\s*\S+/g, '').trim())
    .map((call) => call.split(/\s+/).filter((word, at, all) => !isAssignment(word, at, all)))
    .filter((words) => words[0] !== undefined && words[0] !== '')
}

function isAssignment(word: string, at: number, all: readonly string[]): boolean {
  return /^[A-Z_]+=/.test(word) && all.slice(0, at).every((before) => /^[A-Z_]+=/.test(before))
}

/** What is wrong with the lines, each as a sentence. */
export function shellFaults(text: string, known: Known): readonly string[] {
  const lines = text.replaceAll(/\\\n\s*/g, ' ').split('\n')
  return lines.flatMap(callsOf).flatMap((words) => {
    const call = words[0] === 'npx' ? words.slice(1) : words
    const [program, verb] = call
    if (program === 'tidemark') return commandFaults(call.slice(1), known)
    if (program === 'npm' && verb === 'run') return scriptFaults(call, known)
    if (program === 'npm' && (verb === 'install' || verb === 'i')) return packageFaults(call.slice(2), known)
    return []
  })
}

function commandFaults(words: readonly string[], { commands }: Known): readonly string[] {
  const [name = '--help'] = words
  if (name.startsWith('-')) return []
  const help = commands.get(name)
  if (help === undefined) return [`There is no command 'tidemark ${name}': 'npx tidemark --help' lists them.`]
  const options = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0]!)
  return options
    .filter((option) => !new RegExp(`(^|[\\s,])${option}([\\s,=]|$)`, 'm').test(help))
    .map((option) => `'tidemark ${name}' has no option ${option}: 'npx tidemark ${name} --help' lists them.`)
}

function scriptFaults(call: readonly string[], { scripts }: Known): readonly string[] {
  const script = call.slice(2).find((word) => !word.startsWith('-'))
  return script === undefined || scripts.includes(script) ? [] : [`package.json has no script '${script}'.`]
}

function packageFaults(words: readonly string[], { packages }: Known): readonly string[] {
  return words
    .filter((word) => !word.startsWith('-'))
    .filter((word) => !packages.includes(word.replace(/(?<=.)@[^/]*$/, '')))
    .map((word) => `'${word}' is no package that package.json knows of.`)
}
