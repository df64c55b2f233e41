/** Short messages beside the work. Those that offer something to do stay until they are dismissed. */

import { isTidemarkError } from 'tidemark'
import { Store } from './store.js'

export interface Notice {
  readonly id: number
  readonly text: string
  readonly tone: 'plain' | 'trouble'
  readonly action: NoticeAction | null
  /** Those of one topic go together when it is settled. */
  readonly topic: string | null
}

export interface NoticeAction {
  readonly label: string
  readonly run: () => void
}

const STAYS_MS = 8_000
/** The oldest goes first. */
const MOST = 4

export class Notices {
  readonly list = new Store<readonly Notice[]>([])
  #next = 1

  tell(text: string, action: NoticeAction | null = null, topic: string | null = null): void {
    this.#add({ text, tone: 'plain', action, topic })
  }

  trouble(error: unknown, action: NoticeAction | null = null): void {
    const { message, next } = words(error)
    this.#add({ text: `${message} ${next}`.trim(), tone: 'trouble', action, topic: null })
  }

  settled(topic: string): void {
    this.list.change((list) => list.filter((notice) => notice.topic !== topic))
  }

  dismiss(id: number): void {
    this.list.change((list) => list.filter((notice) => notice.id !== id))
  }

  #add(notice: Omit<Notice, 'id'>): void {
    const id = this.#next++
    this.list.change((list) => {
      const others = list.filter(({ text }) => text !== notice.text)
      return [...others, { ...notice, id }].slice(-MOST)
    })
    if (notice.action === null && notice.tone === 'plain') setTimeout(() => this.dismiss(id), STAYS_MS)
  }
}

/** As whole sentences: what happened, and what to do. */
export function words(error: unknown): { readonly message: string; readonly next: string } {
  if (isTidemarkError(error)) return { message: sentence(error.message), next: error.next }
  return { message: sentence(error instanceof Error ? error.message : String(error)), next: 'Try again.' }
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}
