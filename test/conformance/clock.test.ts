import { CLOCKS } from './clock.registry.js'
import { runSuite } from './run-suite.js'

runSuite('Clock', CLOCKS)
