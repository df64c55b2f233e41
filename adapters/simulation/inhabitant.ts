/** Who lives in a simulated world: a device, the user who works on it, and the app that runs there. */

import type { App } from './app.js'
import type { SimulatedDevice } from './simulated-device.js'
import type { User } from './user.js'

export interface Inhabitant {
  readonly device: SimulatedDevice
  readonly user: User
  readonly app: App
}
