/** Chance for one purpose of a seed, so that a step more or less here changes no draw there. */

import { type SeededRandom, seededRandom } from '../shared/seeded-random.js'

/** FNV-1a over the label (Fowler, Noll, Vo 1991), then mixed with the seed. */
export function chanceOf(seed: number, label: string): SeededRandom {
  let hash = 0x811c9dc5
  for (let at = 0; at < label.length; at++) hash = Math.imul(hash ^ label.charCodeAt(at), 0x01000193)
  return seededRandom((Math.imul(seed | 0, 0x9e3779b1) ^ hash) >>> 0)
}

/** One of the weighted; nothing with a weight of 0 is ever taken. */
export function weighted<T extends string>(random: SeededRandom, weights: Readonly<Record<T, number>>): T {
  const entries = Object.entries(weights) as [T, number][]
  let left = random.below(entries.reduce((sum, [, weight]) => sum + weight, 0))
  for (const [name, weight] of entries) {
    if (left < weight) return name
    left -= weight
  }
  throw new RangeError('nothing has a weight')
}

/** From `least` to `most`, both included. */
export function between(random: SeededRandom, least: number, most: number): number {
  return least + random.below(most - least + 1)
}
