/** `npm run size`: what the core weighs for an app, and which rooms weigh. */
import { resolve } from 'node:path'
import { BUDGETS, weigh } from './package/size.js'

for (const budget of BUDGETS) {
  const { title, compressed, bytes, ceiling, rooms } = await weigh(resolve(import.meta.dirname, '..'), budget)
  console.log(`${title}: ${compressed} bytes after gzip (ceiling ${ceiling}), ${bytes} before`)
  for (const [room, weight] of rooms) if (weight >= 1_000) console.log(`  ${String(weight).padStart(7)} ${room}`)
}
