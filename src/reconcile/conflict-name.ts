/**
 * The name of a conflict copy: `stem (conflicted copy <device> <hex>).ext`. A pure function of the name, the device and the
 * hex digits, so that every device that makes the same copy gives it the same name. Never a time, never a counter first.
 */

import type { DiskTraits } from '../model/disk-traits.js'
import { NAME_LIMIT, nameBytes } from '../model/name.js'

/** How many hex digits of the losing content (of the id, for a directory) the name carries: more only when it is taken. */
export const COPY_DIGITS = [6, 12, 64] as const

const DEVICE_BYTES = 48
const EXTENSION_BYTES = 24

export interface CopyNameParts {
  readonly name: string
  readonly kind: string
  readonly device: string
  readonly hex: string
  /** Null: the limit of a legal name alone. */
  readonly limit: DiskTraits['nameLimit'] | null
}

export function conflictName({ device, hex, ...named }: CopyNameParts): string {
  return markedName(named, `conflicted copy ${deviceLabel(device)} ${hex}`)
}

/** `stem (mark).ext`, the stem cut so that the whole fits. */
export function markedName({ name, kind, limit }: Omit<CopyNameParts, 'device' | 'hex'>, mark: string): string {
  const dot = kind === 'directory' ? -1 : name.lastIndexOf('.')
  const split = dot > 0 && nameBytes(name.slice(dot)) <= EXTENSION_BYTES ? dot : name.length
  const tail = ` (${mark})${name.slice(split)}`
  return cut(name.slice(0, split), tail, limit) + tail
}

/** The stem, cut at a code point so that stem and tail fit. */
function cut(stem: string, tail: string, limit: DiskTraits['nameLimit'] | null): string {
  const points = [...stem]
  while (points.length > 0 && !fits(points.join('') + tail, limit)) points.pop()
  return points.join('')
}

function fits(name: string, limit: DiskTraits['nameLimit'] | null): boolean {
  if (nameBytes(name) > NAME_LIMIT) return false
  if (limit === null) return true
  return (limit.unit === 'bytes' ? nameBytes(name) : name.length) <= limit.length
}

/** The device's name without anything that a name must not hold on any disk. */
function deviceLabel(device: string): string {
  const plain = device.replace(/[\p{Cc}\p{Cf}\p{Cs}/<>:"|?*\\]/gu, '-').trim()
  let label = ''
  for (const point of plain) {
    if (nameBytes(label + point) > DEVICE_BYTES) break
    label += point
  }
  return label === '' ? 'device' : label
}
