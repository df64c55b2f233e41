import { ACCOUNT_STORES } from './account-store.registry.js'
import { runSuite } from './run-suite.js'

runSuite('AccountStore', ACCOUNT_STORES)
