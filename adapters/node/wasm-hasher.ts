/** The hasher of the Node adapters: the shared one, which needs nothing of Node. */

export { type WasmHasherOptions, wasmHasher } from '../shared/wasm-hasher.js'
