import { LOCAL_STORES } from './local-store.registry.js'
import { CHANGING_CASES } from './local-store-changing.suite.js'
import { RACE_CASES } from './local-store-races.suite.js'
import { READING_CASES } from './local-store-reading.suite.js'
import { runSuite } from './run-suite.js'

runSuite(LOCAL_STORES, [...READING_CASES, ...CHANGING_CASES, ...RACE_CASES])
