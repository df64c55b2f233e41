/** Commands that are not understood, and commands that fail: with the exit code and the error of each. */

import { PASSWORD } from './cli-world.js'

export const USAGE: readonly (readonly [string, readonly string[]])[] = [
  ['no command', []],
  ['an unknown command', ['frobnicate']],
  ['an unknown option', ['sync', '--frobnicate']],
  ['a missing argument', ['link', 'folder']],
  ['too many arguments', ['status', 'one', 'two']],
  ['revoke without a device', ['revoke']],
  ['a port that is none', ['serve', '--port', 'http']],
  ['a port beyond all', ['serve', '--port', '65536']],
]

export const FAILURES: readonly (readonly [string, number, string, readonly string[], string?])[] = [
  [
    'an address that is none',
    2,
    'invalid-option',
    ['login', 'ann', '--server', 'nonsense', '--password-stdin'],
    PASSWORD,
  ],
  [
    'plain http to elsewhere',
    2,
    'invalid-option',
    ['login', 'ann', '--server', 'http://example.org/sync', '--password-stdin'],
    PASSWORD,
  ],
  [
    'nobody listens',
    1,
    'offline',
    ['login', 'ann', '--server', 'http://127.0.0.1:9/sync', '--password-stdin'],
    PASSWORD,
  ],
  ['no password', 2, 'invalid-option', ['login', 'ann', '--server', 'http://127.0.0.1:9/sync']],
  [
    'an empty password',
    2,
    'invalid-option',
    ['login', 'ann', '--server', 'http://127.0.0.1:9/sync', '--password-stdin'],
    '\n',
  ],
  ['nobody is logged in', 1, 'unauthorized', ['link', 'folder', 'notes']],
  ['a folder that is not linked', 1, 'not-found', ['sync', '/nowhere/at/all']],
  ['nor unlinked', 1, 'not-found', ['unlink', '/nowhere/at/all']],
  ['nobody to list devices of', 1, 'unauthorized', ['devices']],
  ['nobody to revoke one', 1, 'unauthorized', ['revoke', 'desk']],
  ['and its status', 1, 'not-found', ['status', '/nowhere/at/all']],
  ['and its plan', 1, 'not-found', ['plan', '/nowhere/at/all']],
  ['and its watch', 1, 'not-found', ['watch', '/nowhere/at/all']],
]
