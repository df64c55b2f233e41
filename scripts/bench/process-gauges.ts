/** What this process has used so far, as the system counts it. */

import { readFileSync } from 'node:fs'
import type { ProcessGauges } from './device-messages.js'

export function processGauges(): ProcessGauges {
  const { user, system } = process.cpuUsage()
  return {
    rss: process.memoryUsage.rss(),
    peakRss: process.resourceUsage().maxRSS * 1024,
    cpuMs: (user + system) / 1000,
    ioCalls: ioCalls(),
  }
}

/** Linux counts them for the whole process, threads included. */
function ioCalls(): number | null {
  try {
    const text = readFileSync('/proc/self/io', 'utf8')
    return ['syscr', 'syscw'].reduce((sum, name) => sum + Number(new RegExp(`${name}: (\\d+)`).exec(text)?.[1]), 0)
  } catch {
    return null
  }
}
