import { CHUNK_STORES } from './chunk-store.registry.js'
import { runSuite } from './run-suite.js'

runSuite('ChunkStore', CHUNK_STORES)
