import { ACCOUNT_STORES } from './account-store.registry.js'
import { ACCOUNT_STORE_CASES } from './account-store.suite.js'
import { runSuite } from './run-suite.js'

runSuite(ACCOUNT_STORES, ACCOUNT_STORE_CASES)
