import { CHUNK_STORES } from './chunk-store.registry.js'
import { CHUNK_CASES } from './chunk-store.suite.js'
import { runSuite } from './run-suite.js'

runSuite(CHUNK_STORES, CHUNK_CASES)
