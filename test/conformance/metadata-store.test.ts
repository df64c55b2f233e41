import { METADATA_STORES } from './metadata-store.registry.js'
import { METADATA_CASES } from './metadata-store.suite.js'
import { runSuite } from './run-suite.js'

runSuite(METADATA_STORES, METADATA_CASES)
