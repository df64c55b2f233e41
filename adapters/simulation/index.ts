/** The public names of `tidemark/simulation`: whole worlds on virtual time, to try engines, adapters and apps in. */

export type { Violation } from './checks.js'
export { drawScript, type DrawOptions, FAULT_WEIGHTS } from './draw-script.js'
export {
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
export type { RunReport } from './world.js'
