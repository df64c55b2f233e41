/** The frames a host makes of messages, and those it makes again of what it reads in them: hex, to be compared. */

import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest, toHex } from '../../../src/index.js'
import type { Messages } from './message-text.js'

export interface ComputedFrames {
  readonly made: readonly string[]
  readonly madeAgain: readonly string[]
}

export function computedFrames({ requests, answers }: Messages): ComputedFrames {
  const [asked, answered] = [requests.map(encodeRequest), answers.map((answer) => encodeAnswer(answer))]
  return {
    made: [...asked, ...answered].map(toHex),
    madeAgain: [
      ...asked.map((frame) => toHex(encodeRequest(decodeRequest(frame)))),
      ...answered.map((frame) => toHex(encodeAnswer(decodeAnswer(frame)))),
    ],
  }
}
