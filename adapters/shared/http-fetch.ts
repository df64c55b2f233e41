/** One request and its answer, as the HTTP adapters see them: as much of `fetch` as they use. */

/** The part of a request that is used. A host may add to it. */
export interface HttpInit {
  /** In capitals. */
  readonly method: string
  /** By lower-case name. */
  readonly headers: Record<string, string>
  /** Absent for GET. */
  readonly body?: Uint8Array<ArrayBuffer> | string
  /** Redirects are answers like others here, and refused. */
  readonly redirect: 'manual'
  /** Ends the request; the promise then rejects. */
  readonly signal: AbortSignal
}

/** The part of a response that is used. */
export interface HttpResponse {
  /** HTTP status; 3xx too. */
  readonly status: number
  /** Null for a header that is not there. */
  readonly headers: { get: (name: string) => string | null }
  /** Bytes as they come; null for an answer without any. */
  readonly body: AsyncIterable<Uint8Array | string> | null
}
