import { STATE_STORES } from './state-store.registry.js'
import { STATE_CASES } from './state-store.suite.js'
import { runSuite } from './run-suite.js'

runSuite(STATE_STORES, STATE_CASES)
