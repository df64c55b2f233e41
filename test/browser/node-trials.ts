/** The trials of Node's registries, to lay beside those of a page. They are counted here, and run by test/conformance. */

import { ACCOUNT_STORES } from '../conformance/account-store.registry.js'
import { type Trial, trials } from '../conformance/case.js'
import { CHUNK_STORES } from '../conformance/chunk-store.registry.js'
import { CLOCKS } from '../conformance/clock.registry.js'
import { COMPRESSORS } from '../conformance/compressor.registry.js'
import { DISKS } from '../conformance/disk.registry.js'
import { HASHERS } from '../conformance/hasher.registry.js'
import { LOCAL_STORES } from '../conformance/local-store.registry.js'
import { LOGS } from '../conformance/log.registry.js'
import { METADATA_STORES } from '../conformance/metadata-store.registry.js'
import { PASSWORD_HASHERS } from '../conformance/password-hasher.registry.js'
import { RANDOMS } from '../conformance/random.registry.js'
import { STATE_STORES } from '../conformance/state-store.registry.js'
import { type AdapterOf, type InterfaceName, suite } from '../conformance/suites.js'
import { TRANSPORTS } from '../conformance/transport.registry.js'
import { WATCHERS } from '../conformance/watcher.registry.js'

const REGISTRIES: { readonly [Name in InterfaceName]: readonly AdapterOf<Name>[] } = {
  AccountStore: ACCOUNT_STORES,
  ChunkStore: CHUNK_STORES,
  Clock: CLOCKS,
  Compressor: COMPRESSORS,
  Disk: DISKS,
  Hasher: HASHERS,
  LocalStore: LOCAL_STORES,
  Log: LOGS,
  MetadataStore: METADATA_STORES,
  PasswordHasher: PASSWORD_HASHERS,
  Random: RANDOMS,
  StateStore: STATE_STORES,
  Transport: TRANSPORTS,
  Watcher: WATCHERS,
}

export function trialsInNode<Name extends InterfaceName>(name: Name): readonly Trial[] {
  const adapters: readonly AdapterOf<Name>[] = REGISTRIES[name]
  return adapters.flatMap((adapter) => trials(suite(name), adapter))
}
