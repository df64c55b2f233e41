/** What else may answer at the address of a sync server: none of it is a frame. */

import { gzipSync } from 'node:zlib'
import type { impostor } from './http-world.js'

export const IMPOSTORS: readonly (readonly [string, Parameters<typeof impostor>[0]])[] = [
  [
    'a login page',
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hotel</h1>'),
  ],
  [
    'a login page of the right length',
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('abc'),
  ],
  ['no content type', (_, response) => void response.writeHead(200).end('abc')],
  [
    'JSON with status 200',
    (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
  ],
  [
    'an encoded answer',
    (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' })
        .end(gzipSync('abc')),
  ],
  [
    'a 401 of a proxy',
    (_, response) => void response.writeHead(401, { 'content-type': 'text/html' }).end('who are you'),
  ],
  [
    'a 403 with JSON of its own',
    (_, response) => void response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":"denied"}'),
  ],
  ['a 404', (_, response) => void response.writeHead(404, { 'content-type': 'text/plain' }).end('no')],
  ['a 502', (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('bad gateway')],
  ['a 511', (_, response) => void response.writeHead(511, { 'content-type': 'text/html' }).end('log in')],
  [
    'a cut answer',
    (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 100 })
        .write('abc', () => response.destroy()),
  ],
  ['a hang-up', (request) => void request.socket.destroy()],
]
