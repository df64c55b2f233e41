/**
 * The public names of `tidemark/conformance`: the contracts as cases, for whoever writes an adapter. Runs under any test
 * runner and on any host; docs/writing-an-adapter.md shows how.
 */

export type { Disk, DiskEntry, DiskFile, DiskStat } from '../../adapters/shared/disk.js'
export type { AccountStoreCapability, AccountStoreSubject } from './account-store.suite.js'
export { BrokenRule } from './assertion.js'
export { type Adapter, type Case, type Cases, type Trial, rulesOf, trials } from './case.js'
export type { ChunkCapability as ChunkStoreCapability, ChunkSubject as ChunkStoreSubject } from './chunk-store.suite.js'
export type { ClockCapability, ClockSubject } from './clock.suite.js'
export type { CompressorSubject } from './compressor.suite.js'
export type { DiskCapability, DiskSubject } from './disk.suite.js'
export type { HasherSubject } from './hasher.suite.js'
export type {
  LocalCapability as LocalStoreCapability,
  LocalHands,
  LocalStep,
  LocalStoreOptions,
  LocalSubject as LocalStoreSubject,
} from './local-store.subject.js'
export type { LogSubject } from './log.suite.js'
export { matrix, unreached } from './matrix.js'
export type {
  MetadataCapability as MetadataStoreCapability,
  MetadataSubject as MetadataStoreSubject,
} from './metadata-store.suite.js'
export type { PasswordHasherCapability, PasswordHasherSubject } from './password-hasher.suite.js'
export type { RandomSubject } from './random.suite.js'
export type { StateCapability as StateStoreCapability, StateSubject as StateStoreSubject } from './state-store.suite.js'
export {
  type AdapterOf,
  type Capabilities,
  type CaseOf,
  INTERFACES,
  type InterfaceName,
  type Subjects,
  type Suite,
  suite,
} from './suites.js'
export type { TransportCapability, TransportSubject } from './transport.suite.js'
export type { WatcherCapability, WatcherHands, WatcherSubject } from './watcher.suite.js'
