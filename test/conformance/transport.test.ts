import { TRANSPORTS } from './transport.registry.js'
import { runSuite } from './run-suite.js'

runSuite('Transport', TRANSPORTS)
