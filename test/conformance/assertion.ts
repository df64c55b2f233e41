/**
 * The few checks that the cases need, under any host and any test runner. A check that fails throws `BrokenRule`; none of
 * them ever prints, waits or counts.
 */

import { type ErrorCode, isTidemarkError } from '../../src/index.js'

/** What a case throws when its rule is broken. */
export class BrokenRule extends Error {
  /** Tells it from errors of the implementation that is tried. */
  override readonly name = 'BrokenRule'
}

interface Assertion {
  ok(value: unknown, message?: string): asserts value
  equal<T>(actual: unknown, expected: T, message?: string): asserts actual is T
  notEqual(actual: unknown, unwanted: unknown, message?: string): void
  /** By value through arrays, bytes, maps, sets and plain objects. Order counts, but for the keys of objects, maps and sets. */
  deepEqual(actual: unknown, expected: unknown, message?: string): void
  match(actual: string, pattern: RegExp, message?: string): void
  /** That the promise rejects, with an error for which `fits` is true. */
  rejects(running: Promise<unknown>, fits?: (error: unknown) => boolean, message?: string): Promise<void>
  throws(run: () => unknown, fits?: (error: unknown) => boolean, message?: string): void
  fail(message: string): never
}

/** An error of the library with this code. */
export function withCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => isTidemarkError(error) && error.code === code
}

/** Code that a call fails with; undefined when it does not fail, or fails without one. */
export async function codeOf(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run()
  } catch (error) {
    return (error as { readonly code?: string }).code
  }
  return undefined
}

/** A member that a declared capability promises. */
export function required<T>(member: T | undefined): T {
  if (member === undefined) throw new BrokenRule('the subject declares a capability and lacks the member for it')
  return member
}

export const assert: Assertion = {
  ok: (value, message) => {
    if (!value) throw new BrokenRule(message ?? `${shown(value)} is not truthy`)
  },
  equal: (actual, expected, message) => {
    if (!Object.is(actual, expected)) throw new BrokenRule(told(message, `${shown(actual)} is not ${shown(expected)}`))
  },
  notEqual: (actual, unwanted, message) => {
    if (Object.is(actual, unwanted)) throw new BrokenRule(told(message, `${shown(actual)} is what it must not be`))
  },
  deepEqual: (actual, expected, message) => {
    if (!alike(actual, expected)) throw new BrokenRule(told(message, `${shown(actual)} is not ${shown(expected)}`))
  },
  match: (actual, pattern, message) => {
    if (!pattern.test(actual)) throw new BrokenRule(told(message, `${shown(actual)} does not match ${String(pattern)}`))
  },
  rejects: async (running, fits = () => true, message) => {
    let error: unknown
    try {
      await running
    } catch (caught) {
      error = caught
      if (fits(caught)) return
      throw new BrokenRule(told(message, `failed otherwise: ${String(caught)}`), { cause: caught })
    }
    throw new BrokenRule(told(message, 'did not fail'), { cause: error })
  },
  throws: (run, fits = () => true, message) => {
    try {
      run()
    } catch (caught) {
      if (fits(caught)) return
      throw new BrokenRule(told(message, `failed otherwise: ${String(caught)}`), { cause: caught })
    }
    throw new BrokenRule(told(message, 'did not fail'))
  },
  fail: (message) => {
    throw new BrokenRule(message)
  },
}

function told(message: string | undefined, what: string): string {
  return message === undefined ? what : `${message}: ${what}`
}

const SHOWN_LENGTH = 2_000

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) => plain(inner)) ?? String(value)
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}…`
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Map) return { map: [...value] }
  if (value instanceof Set) return { set: [...value] }
  if (value instanceof Uint8Array) return { bytes: value.length, from: [...value.subarray(0, 32)] }
  return value
}

function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && sameBytes(a, b)
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => alike(item, b[at]))
  }
  if (a instanceof Map || b instanceof Map) return a instanceof Map && b instanceof Map && sameEntries(a, b)
  if (a instanceof Set || b instanceof Set) {
    return a instanceof Set && b instanceof Set && a.size === b.size && [...a].every((item) => b.has(item))
  }
  return sameEntries(new Map(Object.entries(a)), new Map(Object.entries(b)))
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

function sameEntries(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.has(key) && alike(value, b.get(key)))
}
