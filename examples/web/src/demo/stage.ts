/** What the demo runs on, all in this process: a server with the page, an account, and a folder with a live engine. */

import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startServer } from '@tidemark/express-server'
import { isTidemarkError, SyncEngine, TidemarkError } from 'tidemark'
import { accountClient, httpTransport, nodeFolder } from 'tidemark/node'
import { seedNotes } from './seeded-notes.js'

export interface StageOptions {
  readonly port: number
  readonly data: string | null
  readonly folder: string | null
  readonly password: string
  readonly signal: AbortSignal
  /** Called before the engine opens anything. */
  readonly onEngine: (engine: SyncEngine) => void
}

export const USER = 'ann'
export const WORKSPACE = 'notes'
/** As the page's history names it. */
const DEVICE = 'folder'
/** Beside this program, as both are built. */
const PAGE = join(import.meta.dirname, '../page')

export class Stage {
  readonly #options: StageOptions
  readonly #undo: (() => Promise<void>)[] = []
  #url = ''
  #folder = ''

  constructor(options: StageOptions) {
    this.#options = options
  }

  /** Of the page. */
  get url(): string {
    return this.#url
  }

  get folder(): string {
    return this.#folder
  }

  /** Resolves once the notes are on the server. @throws what a server or an engine throws; `close` is due all the same */
  async open(): Promise<void> {
    const { signal } = this.#options
    const server = await this.#serve()
    signal.throwIfAborted()
    const token = await this.#enter(server)
    signal.throwIfAborted()
    const engine = this.#link(server, token)
    // What the server has already comes first: only an empty workspace gets notes.
    await engine.sync({ signal })
    await seedNotes(this.#folder)
    await engine.start({ signal })
    await engine.whenSynced({ signal })
  }

  /** In the reverse order of the opening; directories that were made for this run are removed. */
  async close(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await step()
  }

  async #serve(): Promise<string> {
    if (!existsSync(join(PAGE, 'index.html'))) {
      throw new TidemarkError('not-found', `the page is not built: ${PAGE} has no index.html`, {
        subject: PAGE,
        next: 'Build it first: npm run build',
      })
    }
    const directory = this.#directory(this.#options.data, 'tidemark-web-data-')
    const server = await startServer({ directory, port: this.#options.port, page: PAGE })
    this.#undo.push(() => server.close())
    this.#url = new URL('/', server.url).href
    return server.url
  }

  /** Gives the token of the folder. */
  async #enter(url: string): Promise<string> {
    const client = accountClient({ url })
    this.#undo.push(() => client.close())
    try {
      const { token } = await client.register({ name: USER, password: this.#options.password, device: DEVICE })
      return token
    } catch (error) {
      if (!isTidemarkError(error) || error.code !== 'unauthorized') throw error
      throw new TidemarkError('unauthorized', `'${USER}' is there already, with another password`, {
        subject: USER,
        next: 'Set TIDEMARK_PASSWORD to the one that this --data was made with, or choose another --data.',
        cause: error,
      })
    }
  }

  #link(url: string, token: string): SyncEngine {
    const { onEngine } = this.#options
    this.#folder = this.#directory(this.#options.folder, 'tidemark-web-folder-')
    const transport = httpTransport({ url, workspace: WORKSPACE, token })
    const engine = new SyncEngine({ ...nodeFolder(this.#folder), transport, deviceName: DEVICE })
    // Both at once: a request that waits for its answer would hold the engine up.
    this.#undo.push(async () => {
      await Promise.allSettled([engine.stop(), transport.close()])
    })
    onEngine(engine)
    return engine
  }

  /** One that was named stays, one that was not goes with the demo, however that ends. */
  #directory(named: string | null, prefix: string): string {
    if (named !== null) {
      mkdirSync(named, { recursive: true })
      return resolve(named)
    }
    const made = realpathSync(mkdtempSync(join(tmpdir(), prefix)))
    const remove = (): void => rmSync(made, { recursive: true, force: true, maxRetries: 5 })
    process.once('exit', remove)
    this.#undo.push(async () => remove())
    return made
  }
}
