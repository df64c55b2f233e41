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
  ['a choice that is none', ['resolve', 'copy', 'ours']],
  ['a sequence that is none', ['restore', 'file', '--sequence', 'x']],
  ['a port beyond all', ['serve', '--port', '65536']],
  ['a quota that is none', ['serve', '--quota-mib', 'much']],
  ['a retention beyond all', ['serve', '--retention-days', '36501']],
  ['a mode that is none', ['link', 'folder', 'notes', '--mode', 'sideways']],
  ['a directory left out without its name', ['link', 'folder', 'notes', '--exclude']],
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
  ['a page that is not built', 2, 'invalid-option', ['serve', '--port', '0', '--page', '/nowhere/at/all']],
  [
    'an origin that is none',
    2,
    'invalid-option',
    ['serve', '--port', '0', '--origin', 'https://app.example.org/notes'],
  ],
  ['nobody is logged in', 1, 'unauthorized', ['link', 'folder', 'notes']],
  ['a folder that is not there', 1, 'root-missing', ['sync', '/nowhere/at/all']],
  ['and its status', 1, 'root-missing', ['status', '/nowhere/at/all']],
  ['and its plan', 1, 'root-missing', ['plan', '/nowhere/at/all']],
  ['and its watch', 1, 'root-missing', ['watch', '/nowhere/at/all']],
  ['a folder that is not linked', 1, 'not-found', ['sync', import.meta.dirname]],
  ['a history in no linked folder', 1, 'not-found', ['history', '/nowhere/at/all']],
  ['and a restore', 1, 'not-found', ['restore', '/nowhere/at/all']],
  ['and conflicts', 1, 'not-found', ['conflicts', '/nowhere/at/all']],
  ['and their answer', 1, 'not-found', ['resolve', '/nowhere/at/all', 'mine']],
  ['nor unlinked', 1, 'root-missing', ['unlink', '/nowhere/at/all']],
  ['nobody to list devices of', 1, 'unauthorized', ['devices']],
  ['nobody to revoke one', 1, 'unauthorized', ['revoke', 'desk']],
]
