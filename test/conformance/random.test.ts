import { RANDOMS } from './random.registry.js'
import { runSuite } from './run-suite.js'

runSuite('Random', RANDOMS)
