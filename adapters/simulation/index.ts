/** The public names of `tidemark/simulation`: whole worlds on virtual time, to try engines, adapters and apps in. */

export type { Violation } from './checks.js'
export { type DiskPersonality, PERSONALITIES } from './disk-personality.js'
export { drawScript, type DrawOptions, FAULT_WEIGHTS } from './draw-script.js'
export type { ContentLoss, Draw, PowerLoss } from './power-loss.js'
export {
  type AppStep,
  type Ask,
  ASKS,
  type Deed,
  DEEDS,
  type Fault,
  FAULTS,
  type FaultStep,
  type Phase,
  type Script,
  type UserStep,
} from './script.js'
export { explainFailure, simulate, type Simulation, type SimulationOptions } from './simulate.js'
export type { Decorations } from './simulated-device.js'
export { type BeforeCall, SimulatedDisk, type SimulatedDiskOptions } from './simulated-disk.js'
export type { DiskCallDetail } from './simulated-file.js'
export type { Strike } from './strike.js'
export { type HeldFile, UserHands } from './user-hands.js'
export type { RunReport } from './world.js'
