import { COMPRESSORS } from './compressor.registry.js'
import { COMPRESSOR_CASES } from './compressor.suite.js'
import { runSuite } from './run-suite.js'

runSuite(COMPRESSORS, COMPRESSOR_CASES)
