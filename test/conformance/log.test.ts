import { LOGS } from './log.registry.js'
import { runSuite } from './run-suite.js'

runSuite('Log', LOGS)
