/** What the documents use of a service worker: snippets are checked without the names of a browser. */
interface ExtendableEvent {
  waitUntil(work: Promise<unknown>): void
}
declare function addEventListener(
  type: 'sync' | 'periodicsync' | 'push',
  listener: (event: ExtendableEvent) => void,
): void
