/**
 * What an account store asks its database, one function per rule of the contract. Each runs inside the one transaction
 * its caller has opened: nothing here is atomic by itself.
 */

import type {
  AccountDevice,
  AccountStore,
  AccountUser,
  ThrottleChange,
  ThrottleRecord,
} from '../../src/accounts/index.js'
import { TidemarkError } from '../../src/index.js'
import type { AccountDb, AccountSchema } from './sql-account-schema.js'

export async function insertUser(db: AccountDb, user: AccountUser): Promise<boolean> {
  const held = await db
    .selectFrom('users')
    .select('id')
    .where((where) =>
      where.or([where('id', '=', user.id), where('name_key', '=', user.key), where('skeleton', '=', user.skeleton)]),
    )
    .executeTakeFirst()
  if (held !== undefined) return false
  const { id, name, key, skeleton, password, createdAt } = user
  await db.insertInto('users').values({ id, name, name_key: key, skeleton, password, created_at: createdAt }).execute()
  return true
}

export async function findUser(db: AccountDb, column: 'id' | 'name_key', value: string): Promise<AccountUser | null> {
  const row = await db.selectFrom('users').selectAll().where(column, '=', value).executeTakeFirst()
  return row === undefined ? null : toUser(row)
}

export async function swapPassword(db: AccountDb, id: string, expected: string, password: string): Promise<boolean> {
  const user = await findUser(db, 'id', id)
  if (user === null || user.password !== expected) return false
  await db.updateTable('users').set({ password }).where('id', '=', id).execute()
  return true
}

export async function insertDevice(db: AccountDb, device: AccountDevice): Promise<void> {
  if ((await findUser(db, 'id', device.user)) === null) {
    throw new TidemarkError('not-found', 'the user of the device is not there', { subject: device.user })
  }
  const held = await db.selectFrom('devices').select('id').where('id', '=', device.id).executeTakeFirst()
  if (held !== undefined) throw new TidemarkError('exists', 'the device is there already', { subject: device.id })
  await refuseHeldTokens(db, device)
  await db.insertInto('devices').values(fromDevice(device)).execute()
}

export async function findDevice(db: AccountDb, digest: string): Promise<AccountDevice | null> {
  const row = await db
    .selectFrom('devices')
    .selectAll()
    .where((where) => where.or([where('token', '=', digest), where('next_token', '=', digest)]))
    .executeTakeFirst()
  return row === undefined ? null : toDevice(row)
}

export async function swapDevice(db: AccountDb, expectedToken: string, device: AccountDevice): Promise<boolean> {
  const held = await db
    .selectFrom('devices')
    .select('id')
    .where('id', '=', device.id)
    .where('user_id', '=', device.user)
    .where('token', '=', expectedToken)
    .executeTakeFirst()
  if (held === undefined) return false
  await refuseHeldTokens(db, device)
  await db.updateTable('devices').set(fromDevice(device)).where('id', '=', device.id).execute()
  return true
}

export async function listDevices(db: AccountDb, user: string): Promise<readonly AccountDevice[]> {
  const rows = await db
    .selectFrom('devices')
    .selectAll()
    .where('user_id', '=', user)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toDevice)
}

export async function deleteDevices(db: AccountDb, user: string, ids: readonly string[]): Promise<readonly string[]> {
  const wanted = new Set(ids)
  const removed = (await listDevices(db, user)).map((device) => device.id).filter((id) => wanted.has(id))
  if (removed.length > 0)
    await db.deleteFrom('devices').where('user_id', '=', user).where('id', 'in', removed).execute()
  return removed
}

export async function changeThrottles<T>(
  db: AccountDb,
  subjects: readonly string[],
  decide: (records: ReadonlyMap<string, ThrottleRecord>) => ThrottleChange<T>,
): Promise<T> {
  const rows =
    subjects.length === 0 ? [] : await db.selectFrom('throttles').selectAll().where('subject', 'in', subjects).execute()
  const { put, remove, result } = decide(new Map(rows.map((row) => [row.subject, { ...row }])))
  const gone = [...remove, ...put.map(({ subject }) => subject)]
  if (gone.length > 0) await db.deleteFrom('throttles').where('subject', 'in', gone).execute()
  const rowsOf = put.map(({ subject, failures, since, latest }) => ({ subject, failures, since, latest }))
  if (rowsOf.length > 0) await db.insertInto('throttles').values(rowsOf).execute()
  return result
}

export async function sweepAccounts(
  db: AccountDb,
  { expiredBefore, throttledBefore, limit }: Parameters<AccountStore['sweep']>[0],
): Promise<void> {
  const expired = db.selectFrom('devices').select('id').where('expires_at', '<', expiredBefore).limit(limit)
  await db.deleteFrom('devices').where('id', 'in', expired).execute()
  const stale = db.selectFrom('throttles').select('subject').where('latest', '<', throttledBefore).limit(limit)
  await db.deleteFrom('throttles').where('subject', 'in', stale).execute()
}

/** Unique over both columns: no index can say that. */
async function refuseHeldTokens(db: AccountDb, device: AccountDevice): Promise<void> {
  for (const digest of [device.token, device.nextToken]) {
    const holder = digest === null ? null : await findDevice(db, digest)
    if (holder !== null && holder.id !== device.id) {
      throw new TidemarkError('exists', 'another device has this token', { subject: device.id })
    }
  }
}

function toUser({ id, name, name_key, skeleton, password, created_at }: AccountSchema['users']): AccountUser {
  return { id, name, key: name_key, skeleton, password, createdAt: created_at }
}

function toDevice(row: AccountSchema['devices']): AccountDevice {
  const { id, user_id, label, token, next_token, created_at, seen_at, expires_at } = row
  return {
    id,
    user: user_id,
    label,
    token,
    nextToken: next_token,
    createdAt: created_at,
    seenAt: seen_at,
    expiresAt: expires_at,
  }
}

function fromDevice({
  id,
  user,
  label,
  token,
  nextToken,
  createdAt,
  seenAt,
  expiresAt,
}: AccountDevice): AccountSchema['devices'] {
  return {
    id,
    user_id: user,
    label,
    token,
    next_token: nextToken,
    created_at: createdAt,
    seen_at: seenAt,
    expires_at: expiresAt,
  }
}
