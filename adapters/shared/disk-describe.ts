/**
 * Describes a file through the disk seam: chunked and hashed while it is read, each byte once, 1 MiB at a time. On Node
 * a worker does the same over synchronous reads; this one serves every other disk.
 */

import { type ContentRule, type Hasher, TidemarkError, contentDescriber } from '../../src/index.js'
import { copyChunks } from './disk-copy.js'
import type { Disk, DiskFile } from './disk.js'
import type { FileDescriber, FileDescription } from './folder-content.js'
import { throwIfAborted } from './folder-problems.js'

const READ_BYTES = 1024 * 1024

export function diskDescriber(disk: Disk, hasher: Hasher): FileDescriber {
  return {
    describe: async (absolute, rule, options = {}) => {
      const file = await disk.open(absolute, 'read')
      try {
        return await describeFile(file, hasher, rule, options.signal)
      } finally {
        await file.close()
      }
    },
    copy: (job, options = {}) => copyChunks(disk, hasher, job, options.signal),
    close: async () => {},
  }
}

async function describeFile(
  file: DiskFile,
  hasher: Hasher,
  rule: ContentRule,
  signal: AbortSignal | undefined,
): Promise<FileDescription> {
  const before = await file.stat()
  if (before.kind !== 'file') throw movedWhileRead()
  const describer = contentDescriber({ hasher, rule, size: before.size })
  const buffer = new Uint8Array(Math.min(READ_BYTES, Math.max(1, before.size)))
  let position = 0
  while (position < before.size) {
    throwIfAborted(signal)
    const count = await file.read(buffer.subarray(0, Math.min(buffer.byteLength, before.size - position)), position)
    if (count === 0) throw movedWhileRead()
    describer.push(buffer.subarray(0, count))
    position += count
  }
  return { before, after: await file.stat(), ...describer.finish() }
}

/** Shorter than it was, or no file any more. `busy` says: read it again later. */
export function movedWhileRead(): TidemarkError {
  return new TidemarkError('busy', 'The file changed while it was read', { retryable: true })
}
