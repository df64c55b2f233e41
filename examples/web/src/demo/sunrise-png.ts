/** A small picture, drawn here: the sun over water, as a PNG of true colours. The same bytes each time. */

import { crc32, deflateSync } from 'node:zlib'

const WIDTH = 240
const HEIGHT = 150
const HORIZON = 100
const SUN = { x: 120, y: 84, radius: 34 } as const
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

type Colour = readonly [number, number, number]

const SKY: readonly [Colour, Colour] = [
  [38, 70, 120],
  [250, 176, 110],
]
const WATER: readonly [Colour, Colour] = [
  [196, 128, 104],
  [22, 44, 78],
]
const SUNLIGHT: Colour = [255, 226, 150]

export function sunrisePng(): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  // eight bits of each of three colours
  header.set([8, 2], 8)
  const rows = Array.from({ length: HEIGHT }, (_, y) => rowAt(y))
  return Buffer.concat([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** The byte in front says that the row stands as it is. */
function rowAt(y: number): Uint8Array {
  const colours = Array.from({ length: WIDTH }, (_, x) => colourAt(x, y)).flat()
  return Uint8Array.from([0, ...colours])
}

function colourAt(x: number, y: number): Colour {
  const isWater = y >= HORIZON
  const isSun = !isWater && (x - SUN.x) ** 2 + (y - SUN.y) ** 2 <= SUN.radius ** 2
  const isGlint = isWater && (y - HORIZON) % 6 < 2 && Math.abs(x - SUN.x) < SUN.radius - (y - HORIZON) / 3
  if (isSun || isGlint) return SUNLIGHT
  return isWater ? between(WATER, (y - HORIZON) / (HEIGHT - HORIZON)) : between(SKY, y / HORIZON)
}

function between([from, to]: readonly [Colour, Colour], part: number): Colour {
  const mixed = (at: 0 | 1 | 2): number => Math.round(from[at] + (to[at] - from[at]) * part)
  return [mixed(0), mixed(1), mixed(2)]
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
