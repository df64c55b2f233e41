/**
 * Names on one disk: which of them are one entry there, and which it cannot hold. For device use only: nothing here
 * may ever decide what a node is called in the remote tree.
 */

import type { DiskTraits } from '../model/disk-traits.js'
import { nameBytes, nameTrouble } from '../model/name.js'

const WINDOWS_CHARACTERS = /[<>:"|?*\\]/
const WINDOWS_DEVICE = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i
const ASCII = /^[\0-\x7f]*$/

/** True when two different names can be one entry on this disk. */
export function foldsNames(disk: DiskTraits): boolean {
  return disk.case === 'preserving' || disk.unicode !== 'exact'
}

/** Equal for names the disk takes for one entry. Full case folding: rather hold back a name too many than merge two. */
export function foldName(name: string, disk: DiskTraits): string {
  if (ASCII.test(name)) return disk.case === 'preserving' ? name.toLowerCase() : name
  const form = disk.unicode === 'exact' ? name : name.normalize('NFC')
  if (disk.case === 'sensitive') return form
  const folded = form.toUpperCase().toLowerCase()
  return disk.unicode === 'exact' ? folded : folded.normalize('NFC')
}

/** Longest name of this disk, in bytes of UTF-8 or in UTF-16 units. */
export function exceedsLimit(name: string, disk: DiskTraits): boolean {
  const { length, unit } = disk.nameLimit
  return (unit === 'bytes' ? nameBytes(name) : name.length) > length
}

/** Why this disk cannot hold the name, as the end of the sentence "the name …"; null when it can. */
export function diskNameTrouble(name: string, disk: DiskTraits): string | null {
  const trouble = nameTrouble(name)
  if (trouble !== null) return trouble
  if (exceedsLimit(name, disk))
    return `is longer than the ${disk.nameLimit.length} ${disk.nameLimit.unit} this disk allows`
  return disk.windowsNames ? windowsTrouble(name) : null
}

function windowsTrouble(name: string): string | null {
  if (WINDOWS_CHARACTERS.test(name)) return 'has a character that Windows does not allow: < > : " | ? * \\'
  if (/[. ]$/.test(name)) return 'ends in a dot or a space, which Windows would drop'
  const stem = name.split('.', 1)[0] ?? ''
  return WINDOWS_DEVICE.test(stem.trimEnd()) ? 'is the name of a Windows device' : null
}
