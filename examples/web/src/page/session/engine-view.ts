/** What a page knows of the engine, in whichever tab it runs. */

import type { Guard, Status, TidemarkError } from 'tidemark'

export interface EngineView {
  readonly role: 'leader' | 'follower'
  /** Null before anything was heard. */
  readonly status: Status | null
  /** Why it could not be started in this tab; it is tried again. */
  readonly trouble: TidemarkError | null
  /** Null while no bytes move. */
  readonly transfer: Transfer | null
  /** The person's wish, which a reload keeps. */
  readonly isOffline: boolean
}

export interface Transfer {
  /** Since it began. */
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Of the items that were open at the most since it began, those that are done; 0 to 1. Null: a single one tells nothing. */
  readonly share: number | null
}

export const NOTHING_KNOWN: EngineView = {
  role: 'follower',
  status: null,
  trouble: null,
  transfer: null,
  isOffline: false,
}

/** In words of the page. */
const STATES: Readonly<Record<Status['state'], string>> = {
  synced: 'In step',
  syncing: 'Syncing',
  offline: 'Offline',
  paused: 'Paused',
  guarded: 'Waiting for you',
  reset: 'Syncing',
  unauthorized: 'Signed out',
  stopped: 'Stopped',
}

export function stateText({ status }: EngineView): string {
  return STATES[status?.state ?? 'stopped']
}

export function guardOf({ status }: EngineView): Guard | null {
  return status?.guards[0] ?? null
}
