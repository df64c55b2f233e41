/** The password hashers that obey the password rules. */

import { argon2Passwords } from '../../adapters/node/argon2-passwords.js'
import type { Adapter } from './case.js'
import type { PasswordHasherCapability, PasswordHasherSubject } from './password-hasher.suite.js'

export type PasswordHasherAdapter = Adapter<PasswordHasherSubject, PasswordHasherCapability>

export const PASSWORD_HASHERS: readonly PasswordHasherAdapter[] = [
  {
    name: 'argon2Passwords',
    capabilities: ['cramped', 'weaker'],
    make: async () => ({
      hasher: argon2Passwords({ memoryKib: 20_000 }),
      cramped: () => ({ hasher: argon2Passwords({ concurrency: 1, queue: 1 }), holds: 2 }),
      weaker: () => argon2Passwords().hash('another'),
      dispose: async () => {},
    }),
  },
]
