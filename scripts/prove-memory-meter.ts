/** Loaded before a program: tells its parent, when asked, how much memory the process holds and held at most. */

export interface MeterReading {
  /** Bytes of resident memory now. */
  readonly rss: number
  /** And at the highest, since the process began. */
  readonly peak: number
}

process.on('message', (message) => {
  if (message !== 'read') return
  const reading: MeterReading = { rss: process.memoryUsage.rss(), peak: process.resourceUsage().maxRSS * 1024 }
  process.send?.(reading)
})
// Whoever is measured ends when it is done, not when nobody asks any more.
process.channel?.unref()
