/**
 * How names of a disk meet names of nodes (DESIGN 4.10). Folding finds the node of a disk name; it never merges two
 * nodes and never rewrites a name.
 */

import type { DiskTraits } from '../model/disk-traits.js'

export function foldsNames(traits: DiskTraits): boolean {
  return traits.case === 'preserving' || traits.unicode !== 'exact'
}

/** Equal for two names exactly when the disk cannot hold both in one directory. */
export function foldName(name: string, traits: DiskTraits): string {
  const form = traits.unicode === 'exact' ? name : name.normalize('NFC')
  if (traits.case === 'sensitive') return form
  // Upper before lower: folds the letters that have several lower-case forms.
  const folded = form.toUpperCase().toLowerCase()
  return traits.unicode === 'exact' ? folded : folded.normalize('NFC')
}

/**
 * The name a node has when the disk spells it so. A disk that does not keep the two Unicode forms apart has not renamed
 * a node by showing the other form (INV-22); another case is a rename, because such a disk keeps the case it was given.
 */
export function nameOnDisk(spelled: string, known: string | undefined, traits: DiskTraits): string {
  if (known === undefined || traits.unicode === 'exact') return spelled
  return known.normalize('NFC') === spelled.normalize('NFC') ? known : spelled
}

export function joinPath(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`
}
