import { LOCAL_STORES } from './local-store.registry.js'
import { runSuite } from './run-suite.js'

runSuite('LocalStore', LOCAL_STORES)
