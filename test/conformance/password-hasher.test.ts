import { PASSWORD_HASHERS } from './password-hasher.registry.js'
import { runSuite } from './run-suite.js'

runSuite('PasswordHasher', PASSWORD_HASHERS)
