/** Who lives in a simulated world: a device, and the user who works on it. */

import type { SimulatedDevice } from './simulated-device.js'
import type { User } from './user.js'

export interface Inhabitant {
  readonly device: SimulatedDevice
  readonly user: User
}
