/**
 * What people and peers get wrong (A9): each input with the error it must end in, the thing the error must name, and what
 * must stay as it was. Everything is done to a linked folder that was synced, through the built command line.
 */

import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSql } from '../../adapters/shared/sql-open.js'
import { NOWHERE } from './cli-world.js'

export interface Linked {
  readonly home: string
  readonly folder: string
  /** Address of something that answers and is no sync server. */
  readonly impostor: string
}

export interface BadInput {
  readonly title: string
  /** Makes the trouble; what stands then is what must stay. */
  readonly arrange: (linked: Linked) => void
  readonly args?: (linked: Linked) => readonly string[]
  /** As a user without rights, where the tests run as root. */
  readonly asNobody?: true
  readonly exit: number
  /** Code of the error; null: none, the run goes through. */
  readonly code: string | null
  /** What the error must name. */
  readonly names?: (linked: Linked) => string
  /** 'bytes': also everything of our own; 'agreed': what was agreed, as rows; 'files': the user's files alone. */
  readonly keeps: 'bytes' | 'agreed' | 'files'
}

const own = (folder: string, name: string): string => join(folder, '.tidemark', name)

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

function relink({ folder, home }: Linked, url: string): void {
  for (const path of [own(folder, 'link.json'), join(home, 'logins.json')])
    edit(path, (text) => text.replace(/"server": "[^"]*"/g, `"server": "${url}"`))
}

function stampNewer(path: string): void {
  const database = openSql(path, 'auto', { readOnly: false })
  database.prepare('PRAGMA user_version = 99').all([])
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([])
  database.close()
}

function damage(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, 0, Math.min(bytes.length, 4096))
  writeFileSync(path, bytes)
}

const newerVersion = (text: string): string => text.replace(/"version":\s*1/, '"version": 99')

export const BAD_INPUTS: readonly BadInput[] = [
  {
    title: 'an address where nobody listens',
    arrange: (linked) => relink(linked, NOWHERE),
    exit: 1,
    code: 'offline',
    names: () => NOWHERE,
    keeps: 'agreed',
  },
  {
    title: 'an address of something else',
    arrange: (linked) => relink(linked, linked.impostor),
    exit: 1,
    code: 'offline',
    names: ({ impostor }) => impostor,
    keeps: 'agreed',
  },
  {
    title: 'a token that is none of the server',
    arrange: ({ home }) => edit(join(home, 'logins.json'), (text) => text.replace(/"token": "..../, '"token": "AAAA')),
    exit: 1,
    code: 'unauthorized',
    names: () => '',
    keeps: 'agreed',
  },
  {
    title: 'an unknown option',
    arrange: () => undefined,
    args: ({ folder }) => ['sync', folder, '--frobnicate'],
    exit: 2,
    code: 'usage',
    keeps: 'bytes',
  },
  {
    title: 'a root that is a file',
    arrange: ({ folder }) => {
      rmSync(folder, { recursive: true })
      writeFileSync(folder, 'a file now')
    },
    exit: 1,
    code: 'root-not-a-directory',
    names: ({ folder }) => folder,
    keeps: 'bytes',
  },
  {
    title: 'a root that is gone',
    arrange: ({ folder }) => rmSync(folder, { recursive: true }),
    exit: 1,
    code: 'root-missing',
    names: ({ folder }) => folder,
    keeps: 'bytes',
  },
  {
    title: 'a root that this user may not read',
    arrange: ({ folder }) => chmodSync(folder, 0o700),
    asNobody: true,
    exit: 1,
    code: 'root-unreadable',
    names: ({ folder }) => folder,
    keeps: 'bytes',
  },
  {
    title: 'an emptied root',
    arrange: ({ folder }) => {
      for (const name of ['d', 'x', ...Array.from({ length: 12 }, (_, at) => `f${at}`)])
        rmSync(join(folder, name), { recursive: true })
    },
    exit: 4,
    code: null,
    keeps: 'agreed',
  },
  {
    title: 'a state store that is damaged: united, nothing deleted',
    arrange: ({ folder }) => damage(own(folder, 'state.sqlite')),
    exit: 0,
    code: null,
    keeps: 'files',
  },
  {
    title: 'a state store of a newer version',
    arrange: ({ folder }) => stampNewer(own(folder, 'state.sqlite')),
    exit: 1,
    code: 'newer-version',
    names: ({ folder }) => own(folder, 'state.sqlite'),
    keeps: 'bytes',
  },
  {
    title: 'a root marker of a newer version',
    arrange: ({ folder }) => edit(own(folder, 'root.json'), newerVersion),
    exit: 1,
    code: 'newer-version',
    names: ({ folder }) => own(folder, 'root.json'),
    keeps: 'bytes',
  },
  {
    title: 'a root marker that is no marker',
    arrange: ({ folder }) => writeFileSync(own(folder, 'root.json'), '{ "what": '),
    exit: 1,
    code: 'corrupt',
    names: ({ folder }) => own(folder, 'root.json'),
    keeps: 'bytes',
  },
  {
    title: 'a link of a newer version',
    arrange: ({ folder }) => edit(own(folder, 'link.json'), newerVersion),
    exit: 1,
    code: 'newer-version',
    names: ({ folder }) => own(folder, 'link.json'),
    keeps: 'bytes',
  },
  {
    title: 'a link that is no link',
    arrange: ({ folder }) => writeFileSync(own(folder, 'link.json'), 'not json'),
    exit: 1,
    code: 'corrupt',
    names: ({ folder }) => own(folder, 'link.json'),
    keeps: 'bytes',
  },
  {
    title: 'logins that are no logins',
    arrange: ({ home }) => writeFileSync(join(home, 'logins.json'), '[]'),
    exit: 1,
    code: 'corrupt',
    names: ({ home }) => join(home, 'logins.json'),
    keeps: 'bytes',
  },
  {
    title: 'a directory of our own that is a file',
    arrange: ({ folder }) => {
      rmSync(own(folder, 'trash'), { recursive: true })
      writeFileSync(own(folder, 'trash'), 'in the way')
    },
    exit: 1,
    code: 'root-unreadable',
    names: ({ folder }) => own(folder, 'trash'),
    keeps: 'bytes',
  },
]

export interface BadData {
  readonly title: string
  readonly arrange: (data: string) => void
  readonly args?: readonly string[]
  readonly exit: number
  readonly code: string
  readonly names: (data: string) => string
}

/** Data directories a server must refuse as they are. */
export const BAD_DATA: readonly BadData[] = [
  {
    title: 'metadata of a newer version',
    arrange: (data) => stampNewer(join(data, 'metadata.sqlite')),
    exit: 1,
    code: 'newer-version',
    names: (data) => join(data, 'metadata.sqlite'),
  },
  {
    title: 'accounts of a newer version',
    arrange: (data) => stampNewer(join(data, 'accounts.sqlite')),
    exit: 1,
    code: 'newer-version',
    names: (data) => join(data, 'accounts.sqlite'),
  },
  {
    title: 'metadata that is damaged',
    arrange: (data) => damage(join(data, 'metadata.sqlite')),
    exit: 1,
    code: 'corrupt',
    names: (data) => join(data, 'metadata.sqlite'),
  },
  {
    title: 'packs of a newer version',
    arrange: (data) =>
      writeFileSync(join(data, 'packs/format'), readFileSync(join(data, 'packs/format'), 'utf8').replace('1', '9')),
    exit: 1,
    code: 'newer-version',
    names: (data) => join(data, 'packs'),
  },
  {
    title: 'a file where the directory should be',
    arrange: (data) => {
      rmSync(data, { recursive: true })
      writeFileSync(data, 'a file')
    },
    exit: 1,
    code: 'io',
    names: (data) => data,
  },
  {
    title: 'packs that are a file',
    arrange: (data) => {
      rmSync(join(data, 'packs'), { recursive: true })
      writeFileSync(join(data, 'packs'), 'a file')
    },
    exit: 1,
    code: 'io',
    names: (data) => join(data, 'packs'),
  },
  {
    title: 'an unknown option',
    arrange: (data) => mkdirSync(join(data, 'unrelated')),
    args: ['--frobnicate'],
    exit: 2,
    code: 'usage',
    names: () => '--frobnicate',
  },
]
