/**
 * Passwords by Argon2id on `@node-rs/argon2` (SEC-20, SEC-21): m = 19 MiB, t = 2, p = 1 (OWASP), on the thread pool, a few at a time.
 * Loads the package at its first use and never prints or keeps a password.
 */

import type { PasswordHasher } from '../../src/accounts/index.js'
import { TidemarkError } from '../../src/index.js'
import { loadArgon2 } from './load-argon2.js'
import type { Argon2 } from './load-argon2.js'
import { WorkSlots } from '../shared/work-slots.js'

/** How costly a password is, and how much of the machine it may take. */
export interface Argon2Options {
  /** KiB. Default, and least, 19456. */
  readonly memoryKib?: number | undefined
  /** Passes. Default, and least, 2. */
  readonly passes?: number | undefined
  /** Computations at a time; each holds `memoryKib`. Default 2. */
  readonly concurrency?: number | undefined
  /** Computations that may wait. Default 64. */
  readonly queue?: number | undefined
}

interface Parameters {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

const LEAST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const satisfies Parameters
const STORED = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{43,86}$/
/** More than this in a stored form is not ours: a damaged row must not take the memory of the server. */
const MOST_MEMORY = 1_048_576
/** Argon2id and version 0x13; the package's names for them are const enums, which isolated modules cannot use. */
const ALGORITHM = { algorithm: 2, version: 1, outputLen: 32 } as const

/**
 * Fails with `invalid-option` for what is too weak; its first use with `missing-package` where `@node-rs/argon2` is
 * missing.
 */
export function argon2Passwords(options: Argon2Options = {}): PasswordHasher {
  const { memoryKib = LEAST.memoryCost, passes = LEAST.timeCost, concurrency = 2, queue = 64 } = options
  atLeast('memoryKib', memoryKib, LEAST.memoryCost)
  if (memoryKib > MOST_MEMORY)
    throw new TidemarkError('invalid-option', `memoryKib is at most ${MOST_MEMORY}`, { subject: 'memoryKib' })
  atLeast('passes', passes, LEAST.timeCost)
  atLeast('concurrency', concurrency, 1)
  atLeast('queue', queue, 0)
  return new Argon2Passwords(
    { memoryCost: memoryKib, timeCost: passes, parallelism: 1 },
    new WorkSlots(concurrency, queue),
  )
}

class Argon2Passwords implements PasswordHasher {
  readonly #parameters: Parameters
  readonly #slots: WorkSlots
  #loading: Promise<Argon2> | null = null
  /** What unknown accounts are compared with: made from a password nobody has. */
  #nobody: Promise<string> | null = null

  constructor(parameters: Parameters, slots: WorkSlots) {
    this.#parameters = parameters
    this.#slots = slots
  }

  async hash(password: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<string> {
    const argon2 = await this.#load()
    return this.#slots.run(() => argon2.hash(password, { ...this.#parameters, ...ALGORITHM }), signal)
  }

  async verify(
    stored: string | null,
    password: string,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<boolean> {
    const argon2 = await this.#load()
    // Made before either branch, so that the first comparison of a process costs the same for both.
    const nobody = await this.#forNobody(argon2)
    if (stored !== null) parametersOf(stored)
    const isEqual = await this.#slots.run(() => argon2.verify(stored ?? nobody, password), signal)
    return stored !== null && isEqual
  }

  isWeak(stored: string): boolean {
    const held = parametersOf(stored)
    return held.memoryCost < this.#parameters.memoryCost || held.timeCost < this.#parameters.timeCost
  }

  #load(): Promise<Argon2> {
    this.#loading ??= loadArgon2().catch((error: unknown) => {
      this.#loading = null
      throw error
    })
    return this.#loading
  }

  #forNobody(argon2: Argon2): Promise<string> {
    this.#nobody ??= argon2
      .hash(crypto.getRandomValues(new Uint8Array(32)), { ...this.#parameters, ...ALGORITHM })
      .catch((error: unknown) => {
        this.#nobody = null
        throw error
      })
    return this.#nobody
  }
}

function parametersOf(stored: string): Parameters {
  const [, memory, passes, lanes] = STORED.exec(stored) ?? []
  const parameters = { memoryCost: Number(memory), timeCost: Number(passes), parallelism: Number(lanes) }
  if (
    memory === undefined ||
    parameters.memoryCost > MOST_MEMORY ||
    parameters.timeCost > 64 ||
    parameters.parallelism > 16
  ) {
    throw new TidemarkError('corrupt', 'a stored password is not in a form this version made', { subject: 'password' })
  }
  return parameters
}

function atLeast(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new TidemarkError('invalid-option', `${option} has to be a whole number of at least ${least}`, {
    subject: option,
  })
}
