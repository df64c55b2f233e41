/** The one function of hash-wasm that is used: a bundler leaves the others out of this module, which is loaded when it is needed. */

export { createBLAKE2b } from 'hash-wasm'
