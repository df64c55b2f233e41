/**
 * The TypeScript of a tree as plain modules in a copy below it, for the tests of `npm test`. Translated once, a test file
 * starts at once, and so does each thread it starts; with a loader every process and thread translates all it imports.
 * The copy is made anew for each run: nothing of an older tree is ever tested.
 */

import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transform } from 'esbuild'

const COPY = '.translated'
const ROOMS = ['src', 'adapters', 'examples', 'scripts', 'test']
/** Their files look for others of the tree beside them, so they are told that they stand where they were written. */
const KNOW_THEIR_PLACE = ['scripts', 'test']
/** Ava runs in the copy, its tests where they would without one. */
const AT_ROOT = 'at-root.js'
/** What goes back to TypeScript is no affair of the copy. */
const TYPESCRIPT_SETTINGS = ['extensions', 'nodeArguments']

/** The directory to run ava in, with the same files under the same names, but for `.js`. */
export async function translated(root: string): Promise<string> {
  const copy = join(root, COPY)
  await rm(copy, { recursive: true, force: true })
  const files = await scriptsOf(root)
  await Promise.all(files.map((file) => translate(root, file, join(copy, translatedName(file)))))
  for (const file of await snapshotsOf(root))
    await cp(join(root, file), join(copy, translatedName(file)), { recursive: true })
  await mkdir(copy, { recursive: true })
  await writeFile(join(copy, AT_ROOT), `process.chdir(${JSON.stringify(root)})\n`)
  await writeFile(join(copy, 'package.json'), await settings(root))
  return copy
}

/** How a script of the tree is called in the copy. */
export function translatedName(file: string): string {
  return file.replace(/\.ts(?=$|\.snap$)/, '.js')
}

/** Ava finds them by the name of the test file, beside it. */
async function snapshotsOf(root: string): Promise<readonly string[]> {
  const names = existsSync(join(root, 'test')) ? await readdir(join(root, 'test'), { recursive: true }) : []
  return names.filter((name) => name.endsWith('.snap')).map((name) => join('test', name))
}

/** Those of the rooms, and what configures the tools. */
async function scriptsOf(root: string): Promise<readonly string[]> {
  const rooms = ROOMS.filter((room) => existsSync(join(root, room)))
  const below = rooms.map(async (room) =>
    (await readdir(join(root, room), { recursive: true })).map((name) => join(room, name)),
  )
  const names = [...(await readdir(root)), ...(await Promise.all(below)).flat()]
  return names.filter((name) => /(?<!\.d)\.ts$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name))
}

async function translate(root: string, file: string, to: string): Promise<void> {
  const from = join(root, file)
  const knowsItsPlace = KNOW_THEIR_PLACE.some((room) => file.startsWith(`${room}/`))
  const place = {
    'import.meta.dirname': JSON.stringify(dirname(from)),
    'import.meta.url': JSON.stringify(pathToFileURL(from).href),
  }
  const { code } = await transform(await readFile(from, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: `node${process.versions.node.split('.')[0]}`,
    sourcefile: from,
    define: knowsItsPlace ? place : {},
  })
  await mkdir(dirname(to), { recursive: true })
  await writeFile(to, code)
}

/** Those of the tree for ava, without what is only there for TypeScript. */
async function settings(root: string): Promise<string> {
  const { ava } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly ava: { readonly files: readonly string[] } & Readonly<Record<string, unknown>>
  }
  const kept = Object.entries(ava).filter(([name]) => !TYPESCRIPT_SETTINGS.includes(name))
  const files = ava.files.map(translatedName)
  return JSON.stringify({ type: 'module', ava: { ...Object.fromEntries(kept), files, require: [`./${AT_ROOT}`] } })
}
