/**
 * What a user name is, and when two are the same (SEC-25): normalised once, folded once, look-alikes collide.
 * Never changes a name silently: one that would read differently after NFKC is refused.
 */

import { TidemarkError } from '../errors.js'

/** A user's name in the three forms that matter. */
export interface UserName {
  /** As its owner wrote it, NFC. */
  readonly name: string
  /** Case-folded: who is meant at login. */
  readonly key: string
  /** Look-alike characters made one: two users never share it. */
  readonly skeleton: string
}

const MIN_LENGTH = 2
const MAX_LENGTH = 64
const SHAPE = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._@+-]*[\p{L}\p{M}\p{N}])?$/u

/** Scripts whose letters resemble each other: a name uses one of them at most. */
const RESEMBLING = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Georgian}/u,
  /\p{Script=Lisu}/u,
] as const

/** Small letters of other scripts (and digits) that most typefaces draw like these; after Unicode Technical Standard 39, reduced to whole-name doubles. */
const LOOK_ALIKES: readonly (readonly [latin: string, doubles: string])[] = [
  ['a', 'аαɑ'],
  ['b', 'ьƅ'],
  ['c', 'сϲ'],
  ['d', 'ԁ'],
  ['e', 'еҽ'],
  ['g', 'ɡց'],
  ['h', 'һհ'],
  ['i', 'іιɩ'],
  ['j', 'јϳ'],
  ['k', 'кκĸ'],
  ['l', '1ӏǀ'],
  ['m', 'м'],
  ['n', 'ոռ'],
  ['o', '0оοօσⲟ'],
  ['p', 'рρⲣ'],
  ['q', 'ԛզ'],
  ['s', 'ѕꜱ'],
  ['t', 'тτ'],
  ['u', 'υսʋ'],
  ['v', 'νѵ'],
  ['w', 'ԝω'],
  ['x', 'хχⲭ'],
  ['y', 'уγүყ'],
  ['z', 'ᴢ'],
]
const DOUBLE_OF = new Map(
  LOOK_ALIKES.flatMap(([latin, doubles]) => Array.from(doubles).map((double) => [double, latin] as const)),
)

/** Throws `invalid` with the rule that was broken. */
export function userName(text: string): UserName {
  if (text.length > MAX_LENGTH * 4) throw refused(`is longer than ${MAX_LENGTH} characters`)
  const name = text.normalize('NFC')
  if (name !== text.normalize('NFKC')) throw refused('has characters that only look like plain ones')
  const length = Array.from(name).length
  if (length < MIN_LENGTH || length > MAX_LENGTH)
    throw refused(`has to be ${MIN_LENGTH} to ${MAX_LENGTH} characters long`)
  if (!SHAPE.test(name)) throw refused('may have letters, digits and . _ @ + - between them')
  if (RESEMBLING.filter((script) => script.test(name)).length > 1) throw refused('mixes alphabets that look alike')
  const key = fold(name)
  return { name, key, skeleton: skeletonOf(key) }
}

/** Upper case first: it makes the several small forms of one letter (final sigma, dotless i, sharp s) one. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase().normalize('NFKC')
}

/** Accents stay: people tell them apart, and names in many languages differ by nothing else. */
function skeletonOf(key: string): string {
  let skeleton = ''
  for (const character of key) skeleton += DOUBLE_OF.get(character) ?? character
  return skeleton.replaceAll('rn', 'm')
}

function refused(why: string): TidemarkError {
  return new TidemarkError('invalid', `the user name ${why}`, { subject: 'name', next: 'Choose another user name.' })
}
