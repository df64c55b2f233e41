/** All suites, by the name of the interface. A new interface gets a line in each of the three tables here. */

import { ACCOUNT_STORE_CASES, type AccountStoreCapability, type AccountStoreSubject } from './account-store.suite.js'
import type { Adapter, Case, Cases } from './case.js'
import { CHUNK_CASES, type ChunkCapability, type ChunkSubject } from './chunk-store.suite.js'
import { CLOCK_CASES, type ClockCapability, type ClockSubject } from './clock.suite.js'
import { COMPRESSOR_CASES, type CompressorSubject } from './compressor.suite.js'
import { DISK_CASES, type DiskCapability, type DiskSubject } from './disk.suite.js'
import { HASHER_CASES, type HasherSubject } from './hasher.suite.js'
import { CHANGING_CASES } from './local-store-changing.suite.js'
import { RACE_CASES } from './local-store-races.suite.js'
import { READING_CASES } from './local-store-reading.suite.js'
import type { LocalCapability, LocalSubject } from './local-store.subject.js'
import { LOG_CASES, type LogSubject } from './log.suite.js'
import { METADATA_CASES, type MetadataCapability, type MetadataSubject } from './metadata-store.suite.js'
import {
  PASSWORD_HASHER_CASES,
  type PasswordHasherCapability,
  type PasswordHasherSubject,
} from './password-hasher.suite.js'
import { RANDOM_CASES, type RandomSubject } from './random.suite.js'
import { STATE_CASES, type StateCapability, type StateSubject } from './state-store.suite.js'
import { TRANSPORT_CASES, type TransportCapability, type TransportSubject } from './transport.suite.js'
import { WATCHER_CASES, type WatcherCapability, type WatcherSubject } from './watcher.suite.js'

/** What an implementation of each interface is tried with. */
export interface Subjects {
  /** Tries a `AccountStore`. */
  readonly AccountStore: AccountStoreSubject
  /** Tries a `ChunkStore`. */
  readonly ChunkStore: ChunkSubject
  /** Tries a `Clock`. */
  readonly Clock: ClockSubject
  /** Tries a `Compressor`. */
  readonly Compressor: CompressorSubject
  /** Tries a `Disk`. */
  readonly Disk: DiskSubject
  /** Tries a `Hasher`. */
  readonly Hasher: HasherSubject
  /** Tries a `LocalStore`. */
  readonly LocalStore: LocalSubject
  /** Tries a `Log`. */
  readonly Log: LogSubject
  /** Tries a `MetadataStore`. */
  readonly MetadataStore: MetadataSubject
  /** Tries a `PasswordHasher`. */
  readonly PasswordHasher: PasswordHasherSubject
  /** Tries a `Random`. */
  readonly Random: RandomSubject
  /** Tries a `StateStore`. */
  readonly StateStore: StateSubject
  /** Tries a `Transport`. */
  readonly Transport: TransportSubject
  /** Tries a `Watcher`. */
  readonly Watcher: WatcherSubject
}

/** What its subjects may declare. */
export interface Capabilities {
  /** What a subject of `AccountStore` may declare. */
  readonly AccountStore: AccountStoreCapability
  /** What a subject of `ChunkStore` may declare. */
  readonly ChunkStore: ChunkCapability
  /** What a subject of `Clock` may declare. */
  readonly Clock: ClockCapability
  /** What a subject of `Compressor` may declare. */
  readonly Compressor: never
  /** What a subject of `Disk` may declare. */
  readonly Disk: DiskCapability
  /** What a subject of `Hasher` may declare. */
  readonly Hasher: never
  /** What a subject of `LocalStore` may declare. */
  readonly LocalStore: LocalCapability
  /** What a subject of `Log` may declare. */
  readonly Log: never
  /** What a subject of `MetadataStore` may declare. */
  readonly MetadataStore: MetadataCapability
  /** What a subject of `PasswordHasher` may declare. */
  readonly PasswordHasher: PasswordHasherCapability
  /** What a subject of `Random` may declare. */
  readonly Random: never
  /** What a subject of `StateStore` may declare. */
  readonly StateStore: StateCapability
  /** What a subject of `Transport` may declare. */
  readonly Transport: TransportCapability
  /** What a subject of `Watcher` may declare. */
  readonly Watcher: WatcherCapability
}

/** Name of an interface that has a suite. */
export type InterfaceName = keyof Subjects
/** A case of the suite of this interface. */
export type CaseOf<Name extends InterfaceName> = Case<Subjects[Name], Capabilities[Name]>
/** An adapter for the suite of this interface. */
export type AdapterOf<Name extends InterfaceName> = Adapter<Subjects[Name], Capabilities[Name]>

/** The cases that every implementation of one interface passes. */
export interface Suite<Name extends InterfaceName> extends Cases<Subjects[Name], Capabilities[Name]> {
  /** Name of the interface. */
  readonly name: Name
}

const CASES: { readonly [Name in InterfaceName]: readonly CaseOf<Name>[] } = {
  AccountStore: ACCOUNT_STORE_CASES,
  ChunkStore: CHUNK_CASES,
  Clock: CLOCK_CASES,
  Compressor: COMPRESSOR_CASES,
  Disk: DISK_CASES,
  Hasher: HASHER_CASES,
  LocalStore: [...READING_CASES, ...CHANGING_CASES, ...RACE_CASES],
  Log: LOG_CASES,
  MetadataStore: METADATA_CASES,
  PasswordHasher: PASSWORD_HASHER_CASES,
  Random: RANDOM_CASES,
  StateStore: STATE_CASES,
  Transport: TRANSPORT_CASES,
  Watcher: WATCHER_CASES,
}

/** Names of all interfaces that have a suite. */
export const INTERFACES = Object.keys(CASES) as readonly InterfaceName[]

/** The cases that every implementation of an interface passes. */
export function suite<Name extends InterfaceName>(name: Name): Suite<Name> {
  return { name, cases: CASES[name] }
}
