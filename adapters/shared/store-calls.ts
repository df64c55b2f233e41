/** What the thread of a local store is asked and answers. Many calls travel in one message, so do their answers. */

import type { DiskTraits, LocalStore, OpenedRoot } from '../../src/index.js'
import type { SentListing } from './listing-columns.js'
import type { PlainError } from './plain-error.js'

/** Methods of the store that are asked as they are. */
export type StoreMethod = Exclude<keyof LocalStore, 'open' | 'traits' | 'scan' | 'stage'>

/** Methods of a staged file. */
export type StagedMethod = 'write' | 'copy' | 'read' | 'truncate' | 'finish' | 'suspend' | 'discard'

interface Asked {
  /** Of the call: its answer carries it. */
  readonly id: number
  readonly args: readonly unknown[]
  /** Last argument, without its signal; null: the method takes none. */
  readonly options: object | null
  /** The number of the signal that may end it. */
  readonly signal: number | null
}

export type StoreCall = Asked &
  (
    | { readonly kind: 'store'; readonly method: StoreMethod | 'open' | 'scan' | 'stage' }
    | { readonly kind: 'staged'; readonly method: StagedMethod; readonly file: number }
  )

export type ToThread =
  | { readonly kind: 'calls'; readonly calls: readonly StoreCall[] }
  | { readonly kind: 'abort'; readonly signal: number }
  /** No call has this signal any more. */
  | { readonly kind: 'forget'; readonly signal: number }
  /** The next part of a scan may come. */
  | { readonly kind: 'more'; readonly id: number }
  | { readonly kind: 'locked'; readonly error: PlainError | null }

export type StoreAnswer =
  | { readonly id: number; readonly value: unknown }
  /** Of a scan: what no part told. */
  | { readonly id: number; readonly listings: readonly (readonly [path: string, SentListing])[] }
  | { readonly id: number; readonly error: PlainError }

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answers'; readonly answers: readonly StoreAnswer[] }
  /** Of a scan that is not told whole yet. */
  | { readonly kind: 'part'; readonly id: number; readonly listings: readonly (readonly [path: string, SentListing])[] }
  /** The lock belongs to the process, so the thread that started this one takes it. */
  | { readonly kind: 'lock'; readonly own: string }
  | { readonly kind: 'unlock' }

export interface OpenedStore {
  readonly opened: OpenedRoot
  readonly traits: DiskTraits
}

export interface OpenedStage {
  readonly file: number
  readonly written: number
}
