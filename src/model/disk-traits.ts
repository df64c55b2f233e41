/** What kind of disk a local store stands on, as far as names, stamps and ids are concerned. */

export interface DiskTraits {
  /** 'preserving': two names that differ only in case are one entry. */
  readonly case: 'sensitive' | 'preserving'
  /** 'nfc' | 'nfd': the disk rewrites names to it; 'insensitive': it keeps them but treats both forms as one entry. */
  readonly unicode: 'exact' | 'nfc' | 'nfd' | 'insensitive'
  /** Longest name. */
  readonly nameLimit: { readonly length: number; readonly unit: 'bytes' | 'utf16' }
  /** Reserved Windows names, trailing dots and spaces and the characters <>:"|?*\ cannot be written. */
  readonly windowsNames: boolean
  /** False: the disk keeps none, and what was synced last counts as shown. */
  readonly executableBit: boolean
  /** 'strong': with birth time; 'weak': inodes that may be re-used unnoticed; 'none'. */
  readonly fileIds: 'strong' | 'weak' | 'none'
  /** 'weak' stamps never prove that a file is unchanged. */
  readonly stamps: 'strong' | 'weak'
  /** Granularity of modification times, nanoseconds. */
  readonly mtimeGranularityNs: number
  /** Whether a directory is renamed in one step. */
  readonly directoryMove: 'atomic' | 'emulated'
}
