/**
 * Provenance of contents: which a user wrote, and which a user took away knowingly (overwrote or deleted what stood on that disk).
 * Whatever was written and not taken away must be live at the end (INV-02): then every delete had its proof and every
 * overwritten byte survives somewhere.
 */

import type { World } from './world.js'

export function losses(world: World): string[] {
  const live = new Set(world.server.live().map(({ content }) => content))
  const taken = new Set(world.devices.flatMap(({ taken: contents }) => [...contents]))
  const written = new Set(world.devices.flatMap(({ written: contents }) => [...contents]))
  return [...written]
    .filter((content) => !taken.has(content) && !live.has(content))
    .map((content) => `lost: ${content}`)
}
