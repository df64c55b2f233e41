/**
 * A built page at `/`, of the same origin as the sync routes: static files, and a policy under which nothing else runs, is
 * shown or is called. Nothing inline, no other origin; WebAssembly alone, which the hash of a page is.
 */

import { statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import express from 'express'
import type { RequestHandler } from 'express'
import helmet from 'helmet'
import { TidemarkError } from 'tidemark'

export interface PageFiles {
  /** Of files that are there: what is asked for and missing is left to the routes that follow. */
  readonly handlers: readonly RequestHandler[]
}

export interface PageOptions {
  readonly directory: string
  /** Browsers may remember that this host speaks TLS, because a proxy in front does. */
  readonly isBehindTls: boolean
}

const INDEX = 'index.html'
/** What lies in it is named by its content. */
const HASHED = 'assets'
const YEAR_S = 31_536_000

const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'blob:'],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  fontSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
}

/** @throws invalid-option when there is no page in the directory */
export function pageFiles({ directory, isBehindTls }: PageOptions): PageFiles {
  const root = resolve(directory)
  checkPage(root)
  const shielded = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    ...(isBehindTls ? {} : { strictTransportSecurity: false }),
  })
  const files = express.static(root, {
    index: INDEX,
    redirect: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      const isHashed = path.startsWith(join(root, HASHED) + sep)
      response.setHeader('cache-control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')
    },
  })
  return { handlers: [shielded, files] }
}

function checkPage(root: string): void {
  const isThere = statSync(join(root, INDEX), { throwIfNoEntry: false })?.isFile() === true
  if (isThere) return
  throw new TidemarkError('invalid-option', `there is no page in ${root}: it has no ${INDEX}`, {
    subject: 'page',
    next: 'Build the page, or name the directory that it was built into.',
  })
}
