/** Sizes and times for people. */

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** '1.2 MB': powers of a thousand, at most one digit behind the point. */
export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0]
  while (value >= 999.95 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1]
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit]}`
}

const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

export function timeText(milliseconds: number): string {
  return TIME.format(milliseconds)
}
