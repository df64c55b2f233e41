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
  readonly AccountStore: AccountStoreSubject
  readonly ChunkStore: ChunkSubject
  readonly Clock: ClockSubject
  readonly Compressor: CompressorSubject
  readonly Disk: DiskSubject
  readonly Hasher: HasherSubject
  readonly LocalStore: LocalSubject
  readonly Log: LogSubject
  readonly MetadataStore: MetadataSubject
  readonly PasswordHasher: PasswordHasherSubject
  readonly Random: RandomSubject
  readonly StateStore: StateSubject
  readonly Transport: TransportSubject
  readonly Watcher: WatcherSubject
}

/** What its subjects may declare. */
export interface Capabilities {
  readonly AccountStore: AccountStoreCapability
  readonly ChunkStore: ChunkCapability
  readonly Clock: ClockCapability
  readonly Compressor: never
  readonly Disk: DiskCapability
  readonly Hasher: never
  readonly LocalStore: LocalCapability
  readonly Log: never
  readonly MetadataStore: MetadataCapability
  readonly PasswordHasher: PasswordHasherCapability
  readonly Random: never
  readonly StateStore: StateCapability
  readonly Transport: TransportCapability
  readonly Watcher: WatcherCapability
}

export type InterfaceName = keyof Subjects
export type CaseOf<Name extends InterfaceName> = Case<Subjects[Name], Capabilities[Name]>
export type AdapterOf<Name extends InterfaceName> = Adapter<Subjects[Name], Capabilities[Name]>

export interface Suite<Name extends InterfaceName> extends Cases<Subjects[Name], Capabilities[Name]> {
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

export const INTERFACES = Object.keys(CASES) as readonly InterfaceName[]

/** The cases that every implementation of an interface passes. */
export function suite<Name extends InterfaceName>(name: Name): Suite<Name> {
  return { name, cases: CASES[name] }
}
