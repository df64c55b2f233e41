/**
 * How often a login may be tried (SEC-23): per account, per source of requests, and over all.
 * An attempt counts as a failure from its start, so that attempts sent together cannot pass together; a success takes it back.
 */

import type { ThrottleChange, ThrottleRecord } from '../interfaces/account-store.js'

export interface ThrottleRule {
  /** Failures that cost nothing. */
  readonly free: number
  /** `free` failures are forgiven, one by one, in this time, ms; null: none, only a success or a person clears them. */
  readonly windowMs: number | null
  /** Delay after the first failure that is not free; doubles with each, ms. */
  readonly delayMs: number
  readonly maxDelayMs: number
  /** From this count on nothing passes until a person lifts it; null never. */
  readonly stop: number | null
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export const THROTTLE_RULES = {
  /** 50 guesses in a row for one account: half of what NIST SP 800-63B-4 allows. */
  account: { free: 5, windowMs: null, delayMs: 30_000, maxDelayMs: 24 * HOUR, stop: 50 },
  source: { free: 20, windowMs: 15 * MINUTE, delayMs: 10_000, maxDelayMs: HOUR, stop: null },
  everybody: { free: 1000, windowMs: 15 * MINUTE, delayMs: 1_000, maxDelayMs: MINUTE, stop: null },
  registration: { free: 20, windowMs: HOUR, delayMs: MINUTE, maxDelayMs: HOUR, stop: null },
} as const satisfies Record<string, ThrottleRule>

/** A record untouched for this long is forgotten, hard stop or not, ms. */
export const THROTTLE_MEMORY_MS = 30 * 24 * HOUR

export type ThrottleKind = keyof typeof THROTTLE_RULES

export interface ThrottleSubject {
  readonly kind: ThrottleKind
  /** Key of the record. */
  readonly subject: string
}

export interface Admission {
  /** Null: go on. Otherwise the earliest useful retry, ms from now; Infinity when a person has to lift it. */
  readonly waitMs: number | null
}

/** Lets one attempt in and counts it against every subject, or turns it away and changes nothing. */
export function admit(
  subjects: readonly ThrottleSubject[],
  records: ReadonlyMap<string, ThrottleRecord>,
  now: number,
): ThrottleChange<Admission> {
  const waits = subjects.map(({ kind, subject }) => waitOf(THROTTLE_RULES[kind], records.get(subject), now))
  const waitMs = Math.max(0, ...waits)
  if (waitMs > 0) return { put: [], remove: [], result: { waitMs } }
  const put = subjects.map(({ kind, subject }) => counted(THROTTLE_RULES[kind], subject, records.get(subject), now))
  return { put, remove: [], result: { waitMs: null } }
}

/** The attempt was right: forgets the account's failures and takes its own back from the other subjects. */
export function succeed(
  subjects: readonly ThrottleSubject[],
  records: ReadonlyMap<string, ThrottleRecord>,
): ThrottleChange<undefined> {
  const put: ThrottleRecord[] = []
  const remove: string[] = []
  for (const { kind, subject } of subjects) {
    const record = records.get(subject)
    if (record === undefined) continue
    if (kind === 'account' || record.failures <= 1) remove.push(subject)
    else put.push({ ...record, failures: record.failures - 1 })
  }
  return { put, remove, result: undefined }
}

/** The attempt never got as far as a comparison: takes it back everywhere. */
export function withdraw(
  subjects: readonly ThrottleSubject[],
  records: ReadonlyMap<string, ThrottleRecord>,
): ThrottleChange<undefined> {
  const held = subjects.flatMap(({ subject }) => records.get(subject) ?? [])
  return {
    put: held.filter((record) => record.failures > 1).map((record) => ({ ...record, failures: record.failures - 1 })),
    remove: held.filter((record) => record.failures <= 1).map((record) => record.subject),
    result: undefined,
  }
}

function waitOf(rule: ThrottleRule, record: ThrottleRecord | undefined, now: number): number {
  if (record === undefined) return 0
  const { failures, latest } = forgiven(rule, record, now)
  if (rule.stop !== null && failures >= rule.stop) return Number.POSITIVE_INFINITY
  // A clock that was set back would otherwise lock everybody out until it has caught up.
  if (failures < rule.free || now < latest) return 0
  const delay = Math.min(rule.maxDelayMs, rule.delayMs * 2 ** Math.min(40, failures - rule.free))
  return Math.max(0, delay - (now - latest))
}

function counted(rule: ThrottleRule, subject: string, record: ThrottleRecord | undefined, now: number): ThrottleRecord {
  if (record === undefined) return { subject, failures: 1, since: now, latest: now }
  const { failures, since } = forgiven(rule, record, now)
  return { subject, failures: failures + 1, since, latest: now }
}

/** A leaky bucket; `since` is the time up to which it has leaked, so that no fraction of a step is lost. */
function forgiven(rule: ThrottleRule, record: ThrottleRecord, now: number): ThrottleRecord {
  if (rule.windowMs === null) return record
  const stepMs = rule.windowMs / rule.free
  const steps = Math.max(0, Math.floor((now - record.since) / stepMs))
  if (steps >= record.failures) return { ...record, failures: 0, since: now }
  return {
    ...record,
    failures: record.failures - steps,
    since: Math.min(now, record.since + Math.round(steps * stepMs)),
  }
}
