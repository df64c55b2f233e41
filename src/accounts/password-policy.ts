/**
 * What a new password must be (SEC-22, after NIST SP 800-63B-4): long, not a common one, nothing else is asked.
 * Runs before any costly function sees the text, and never puts the text into an error.
 */

import { TidemarkError } from '../errors.js'

/** Code points of a password that is the only factor. */
export const PASSWORD_MIN_LENGTH = 15
/** Bytes of UTF-8: a costly function never sees more (SEC-21). */
export const PASSWORD_MAX_BYTES = 1024

/** Runs of the keyboard and of the alphabet, and the phrases that lists of stolen long passwords begin with. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  '1234567890qwertyuiopasdfghjklzxcvbnm',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
]
const COMMON = [
  'correcthorsebatterystaple',
  'iloveyouiloveyou',
  'letmeinletmein123',
  'passwordpassword',
  'password12345678',
  'password123456789',
  'password1234567890',
  'thequickbrownfox',
  'thequickbrownfoxjumpsoverthelazydog',
  'administrator123',
  'administratoradministrator',
  'changemechangeme',
  'welcomewelcome123',
  'qwertyuiop123456',
  'trustno1trustno1',
  'maytheforcebewithyou',
  'tobeornottobethatisthequestion',
  'whateverwhatever',
  'unbelievable1234',
  'superman12345678',
]
const BLOCKED: ReadonlySet<string> = new Set(COMMON)

/** The one form in which passwords are hashed and compared. Throws `too-large` or `invalid`; used at login too, so it asks for no strength. */
export function normalisePassword(text: string): string {
  if (text.length > PASSWORD_MAX_BYTES) throw tooLong()
  const password = text.normalize('NFKC')
  if (!isWellFormed(password)) throw refused('has characters that are not valid Unicode')
  if (new TextEncoder().encode(password).length > PASSWORD_MAX_BYTES) throw tooLong()
  return password
}

/** For a password already normalised; `key` is the folded user name. Throws `invalid`. */
export function checkNewPassword(password: string, key: string): void {
  const length = Array.from(password).length
  if (length < PASSWORD_MIN_LENGTH) throw refused(`has to be at least ${PASSWORD_MIN_LENGTH} characters long`)
  const plain = password.toLowerCase().replaceAll(/[\s._@+-]/gu, '')
  if (isRepetition(plain) || BLOCKED.has(plain) || isRun(plain)) throw refused('is one of those that are guessed first')
  const name = key.replaceAll(/[._@+-]/gu, '')
  if (name.length > 0 && isRepetition(plain.replaceAll(name, ''), 3)) throw refused('is little more than the user name')
}

/** The same few characters over and over, or hardly anything at all. */
function isRepetition(text: string, shortest = 6): boolean {
  if (text.length <= shortest) return true
  for (let period = 1; period <= Math.min(4, text.length / 2); period++) {
    if (Array.from(text).every((character, at, all) => at < period || character === all[at - period])) return true
  }
  return false
}

function isRun(text: string): boolean {
  const backwards = Array.from(text).reverse().join('')
  return RUNS.some((run) => `${run}${run}`.includes(text) || `${run}${run}`.includes(backwards))
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}

function tooLong(): TidemarkError {
  return new TidemarkError('too-large', `the password is longer than ${PASSWORD_MAX_BYTES} bytes`, {
    subject: 'password',
  })
}

function refused(why: string): TidemarkError {
  return new TidemarkError('invalid', `the password ${why}`, {
    subject: 'password',
    next: `Choose one of at least ${PASSWORD_MIN_LENGTH} characters that nobody would guess, such as a few unrelated words.`,
  })
}
