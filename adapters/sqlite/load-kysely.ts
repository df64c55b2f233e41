/** Brings in `kysely` when a store is opened: loading `tidemark/sqlite` never fails for a missing package. */

import { TidemarkError } from '../../src/index.js'

export type KyselyModule = typeof import('kysely')

/** @throws missing-package */
export async function loadKysely(): Promise<KyselyModule> {
  try {
    return await import('kysely')
  } catch (cause) {
    throw new TidemarkError('missing-package', 'the server database needs kysely: run `npm install kysely`', {
      subject: 'kysely',
      next: 'npm install kysely',
      cause,
    })
  }
}
