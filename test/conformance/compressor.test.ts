import { COMPRESSORS } from './compressor.registry.js'
import { runSuite } from './run-suite.js'

runSuite('Compressor', COMPRESSORS)
