/** Brings in `@node-rs/argon2` at the first password: loading `tidemark/node` never fails for a missing package. */

import type * as argon2Package from '@node-rs/argon2'
import { TidemarkError } from '../../src/index.js'

export type Argon2 = typeof argon2Package

/** @throws missing-package */
export async function loadArgon2(load: () => Promise<Argon2> = () => import('@node-rs/argon2')): Promise<Argon2> {
  try {
    return await load()
  } catch (cause) {
    throw new TidemarkError('missing-package', 'accounts need @node-rs/argon2: run `npm install @node-rs/argon2`', {
      subject: '@node-rs/argon2',
      next: 'npm install @node-rs/argon2',
      cause,
    })
  }
}
