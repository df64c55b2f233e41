/** What every V8 has, Chromium's too, and the types of a page do not tell. */

interface ErrorConstructor {
  stackTraceLimit: number
}
