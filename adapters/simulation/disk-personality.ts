/**
 * How file systems differ, as data: which names are one, what times and numbers they keep, what they cannot hold. No code
 * here looks at a disk, and nothing here is found out by trying.
 */

/** What a simulated disk makes of names, times and numbers. */
export interface DiskPersonality {
  /** 'insensitive': names that differ only in letter case are one entry, kept as it was spelled first. */
  readonly case: 'exact' | 'insensitive'
  /** 'nfd': names are rewritten to it. 'insensitive': kept as given, both forms are one entry. */
  readonly unicode: 'exact' | 'nfd' | 'insensitive'
  /** Times are rounded down to a multiple of it, nanoseconds. */
  readonly mtimeGranularityNs: number
  /** 'reused': the lowest number that is free. 'none': 0 for all. */
  readonly inodes: 'unique' | 'reused' | 'none'
  /** Whether a time of birth is kept. It differs for each entry that is made. */
  readonly birthtime: boolean
  /** Longest name. */
  readonly nameLimit: { readonly unit: 'bytes' | 'utf16'; readonly most: number }
  /** Whether hard and symbolic links can be made (EPERM where not). */
  readonly links: boolean
  /** False: files never show an execute bit, and setting one is no error. */
  readonly executable: boolean
  /** Names as on Windows: no `<>:"|?*\`, no CON or NUL (EINVAL); dots and spaces at the end are dropped. */
  readonly reservedNames: boolean
}

const LINUX: DiskPersonality = {
  case: 'exact',
  unicode: 'exact',
  mtimeGranularityNs: 1,
  inodes: 'reused',
  birthtime: true,
  nameLimit: { unit: 'bytes', most: 255 },
  links: true,
  executable: true,
  reservedNames: false,
}

const UTF16 = { unit: 'utf16', most: 255 } as const

/** File systems as they come. */
export const PERSONALITIES = {
  /** ext4 and its like. */
  linux: LINUX,
  /** ext4 with folded names, APFS without its Unicode rule. */
  caseInsensitive: { ...LINUX, case: 'insensitive', inodes: 'unique' },
  /** HFS+. */
  nfd: { ...LINUX, case: 'insensitive', unicode: 'nfd', mtimeGranularityNs: 1_000_000_000, nameLimit: UTF16 },
  /** APFS. */
  apfs: { ...LINUX, case: 'insensitive', unicode: 'insensitive', inodes: 'unique' },
  /** FAT and exFAT. */
  fat: {
    case: 'insensitive',
    unicode: 'exact',
    mtimeGranularityNs: 2_000_000_000,
    inodes: 'none',
    birthtime: false,
    nameLimit: UTF16,
    links: false,
    executable: false,
    reservedNames: true,
  },
  /** ext3 and old network drives: whole seconds, numbers that come again, nothing to tell them apart by. */
  coarse: { ...LINUX, mtimeGranularityNs: 1_000_000_000, birthtime: false },
  /** NTFS. */
  windows: {
    ...LINUX,
    case: 'insensitive',
    mtimeGranularityNs: 100,
    inodes: 'unique',
    nameLimit: UTF16,
    executable: false,
    reservedNames: true,
  },
  /** Disks that encrypt names. */
  shortNames: { ...LINUX, nameLimit: { unit: 'bytes', most: 143 } },
} as const satisfies Record<string, DiskPersonality>
