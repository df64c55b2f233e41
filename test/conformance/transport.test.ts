import { TRANSPORTS } from './transport.registry.js'
import { TRANSPORT_CASES } from './transport.suite.js'
import { runSuite } from './run-suite.js'

runSuite(TRANSPORTS, TRANSPORT_CASES)
