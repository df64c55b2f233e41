import { DISKS } from './disk.registry.js'
import { DISK_CASES } from './disk.suite.js'
import { runSuite } from './run-suite.js'

runSuite(DISKS, DISK_CASES)
