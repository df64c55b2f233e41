/** Chance. The only source of it in the library. */

export interface Random {
  /** RANDOM-1 `length` bytes, each call fresh. Cryptographically strong outside tests. */
  bytes(length: number): Uint8Array
}
