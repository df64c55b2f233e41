/** The public names of `tidemark/sqlite`: the server's stores on one machine. */

export { type BackupOptions, type BackupReport, backupDirectory, restoreDirectory } from './backup.js'
export { type EmbeddedStores, type EmbeddedStoresOptions, embeddedStores } from './embedded-stores.js'
export { type SqliteAccountStoreOptions, sqliteAccountStore } from './sqlite-account-store.js'
export { type SqliteMetadataStoreOptions, sqliteMetadataStore } from './sqlite-metadata-store.js'
export { nodeDisk } from '../shared/node-disk.js'
export { type PackChunkStoreOptions, packChunkStore } from '../shared/pack-chunk-store.js'
export { type Lock, type LockOptions, acquireLock } from '../shared/sql-lock.js'
export type { ForeignDatabase } from '../shared/sql-driver.js'
export { type Connect, type ConnectOptions, type SqlDriver, hasNodeSqlite } from '../shared/sql-open.js'
