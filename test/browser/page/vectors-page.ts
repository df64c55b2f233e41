/** Golden vectors and frames in a page. Runs as `globalThis.vectors`. */

import { type ComputedFrames, computedFrames } from './computed-frames.js'
import { computedVectors } from './computed-vectors.js'
import { messagesFromText } from './message-text.js'

const frames = (text: string): ComputedFrames => computedFrames(messagesFromText(text))

Object.assign(globalThis, { vectors: { computed: computedVectors, frames } })
