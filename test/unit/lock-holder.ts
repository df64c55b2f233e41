/** A process that takes a lock, says so on its standard output, and holds it until it is ended. */

import { acquireLock } from '../../adapters/shared/sql-lock.js'

const [path, driver] = process.argv.slice(2)
try {
  acquireLock(String(path), { driver: driver === 'node:sqlite' ? 'node:sqlite' : 'libsql' })
  process.stdout.write('held\n')
  process.stdin.resume()
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code}\n`)
}
