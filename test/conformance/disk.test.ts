import { DISKS } from './disk.registry.js'
import { runSuite } from './run-suite.js'

runSuite('Disk', DISKS)
