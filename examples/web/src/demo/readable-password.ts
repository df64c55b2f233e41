/** A password that is read off a terminal and typed once: eight random syllables, some 50 bits. */

import { randomInt } from 'node:crypto'

/** None that looks like another one. */
const CONSONANTS = 'bdfgkmnprstvz'
const VOWELS = 'aeiou'
const GROUPS = 4

export function readablePassword(): string {
  return Array.from({ length: GROUPS }, () => syllable() + syllable()).join('-')
}

function syllable(): string {
  return CONSONANTS.charAt(randomInt(CONSONANTS.length)) + VOWELS.charAt(randomInt(VOWELS.length))
}
