/** The network a request comes from, as throttling sees it (SEC-23): one IPv4 address, the upper half of an IPv6 address. */

/** Takes what the host's socket or trusted proxy reported; anything else shares one bucket. */
export function sourcePrefix(address: string | null): string {
  if (address === null || address.length > 64) return 'unknown'
  const plain = address.replace(/^::ffff:(?=\d+\.)/iu, '')
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/u.test(plain)) return plain
  const halves = plain.toLowerCase().replace(/%.*$/u, '').split('::')
  if (halves.length > 2 || !/^[0-9a-f:]+$/u.test(halves.join(':'))) return 'unknown'
  const head = groups(halves[0])
  const tail = groups(halves[1])
  const filled =
    halves.length === 1
      ? head
      : [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
  if (filled.length !== 8) return 'unknown'
  return `${filled
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

function groups(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(':')
}
