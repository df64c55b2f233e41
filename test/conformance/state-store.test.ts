import { STATE_STORES } from './state-store.registry.js'
import { runSuite } from './run-suite.js'

runSuite('StateStore', STATE_STORES)
