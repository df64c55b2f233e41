/** The tables of accounts, for SQLite and PostgreSQL alike: text and whole numbers only. Text compares by bytes (PostgreSQL: collation "C"). */

import type { Kysely, Migration } from 'kysely'

export interface AccountSchema {
  users: { id: string; name: string; name_key: string; skeleton: string; password: string; created_at: number }
  devices: {
    id: string
    user_id: string
    label: string
    token: string
    next_token: string | null
    created_at: number
    seen_at: number
    expires_at: number
  }
  throttles: { subject: string; failures: number; since: number; latest: number }
}

export type AccountDb = Kysely<AccountSchema>

export function accountMigrations(): Record<string, Migration> {
  return { '0001-first': { up: createAll } }
}

async function createAll(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull().unique())
    .addColumn('skeleton', 'text', (column) => column.notNull().unique())
    .addColumn('password', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('devices')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('token', 'text', (column) => column.notNull().unique())
    .addColumn('next_token', 'text', (column) => column.unique())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('devices_by_user').on('devices').columns(['user_id', 'created_at', 'id']).execute()
  await db.schema.createIndex('devices_by_expiry').on('devices').column('expires_at').execute()
  await db.schema
    .createTable('throttles')
    .addColumn('subject', 'text', (column) => column.notNull().primaryKey())
    .addColumn('failures', 'bigint', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('latest', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('throttles_by_age').on('throttles').column('latest').execute()
}
