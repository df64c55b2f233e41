import { METADATA_STORES } from './metadata-store.registry.js'
import { runSuite } from './run-suite.js'

runSuite('MetadataStore', METADATA_STORES)
