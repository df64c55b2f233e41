/** Told of what the server does, for counters. It gets no names of users, workspaces, devices or files, and must not throw. */

import type { ErrorCode } from '../errors.js'
import type { Request } from '../protocol/messages.js'

/** What became of one request. */
export interface RequestEnd {
  /** 'unread': no request could be read from the frame, or none was looked for. */
  readonly type: Request['type'] | 'unread'
  /** 'ok', or the code of its error answer. */
  readonly outcome: 'ok' | ErrorCode
  /** Bytes of the answer's frame. */
  readonly sent: number
}

/** Counts what a server does. Its calls must be quick, and must not throw. */
export interface Observer {
  /** A frame of so many bytes came. What it returns is called once, when its answer is ready. */
  request(received: number): (end: RequestEnd) => void
  /** A hint was handed to a subscriber. */
  hint(): void
  /** Subscribers that are there now. */
  subscribers(count: number): void
}

export const NO_OBSERVER: Observer = {
  request: () => () => undefined,
  hint: () => undefined,
  subscribers: () => undefined,
}
