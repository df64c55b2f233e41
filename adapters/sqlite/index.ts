/** The public names of `tidemark/sqlite`. */

export { hasNodeSqlite } from '../shared/sql-open.js'
export type { Connect, ConnectOptions, SqlDriver } from '../shared/sql-open.js'
export type { ForeignDatabase } from '../shared/sql-driver.js'
export { sqliteMetadataStore } from './sqlite-metadata-store.js'
export type { SqliteMetadataStoreOptions } from './sqlite-metadata-store.js'
export { sqliteAccountStore } from './sqlite-account-store.js'
export type { SqliteAccountStoreOptions } from './sqlite-account-store.js'
