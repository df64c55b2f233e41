/** `.tidemark/root.json`: which root this is. Written whole, under a fresh name, flushed, then renamed. */

import { TidemarkError } from '../../src/index.js'
import type { FolderGround } from './folder-ground.js'
import { diskFailure, isGone } from './folder-problems.js'
import { ignoreGone } from './folder-staging.js'
import { readFully } from './read-fully.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export interface RootMarker {
  /** 32 hex digits. */
  readonly identity: string
  readonly tick: number
}

const FORMAT = 'tidemark-root'
const VERSION = 1
const MAX_BYTES = 4096
const FRESH = /^root-[0-9a-f]{32}\.json$/

export function markerPath(ground: FolderGround): string {
  return ground.own('root.json')
}

/** Null when there is none yet. @throws newer-version, corrupt */
export async function readMarker(ground: FolderGround): Promise<RootMarker | null> {
  const path = markerPath(ground)
  let text: string
  try {
    const file = await ground.disk.open(path, 'read')
    try {
      text = decoder.decode(await readFully(file, 0, MAX_BYTES))
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isGone(error)) return null
    throw diskFailure('The identity of the root could not be read', path, error)
  }
  return parse(path, text)
}

function parse(path: string, text: string): RootMarker {
  const value = parseObject(text)
  if (value === null || value['format'] !== FORMAT || typeof value['version'] !== 'number') throw corrupt(path)
  if (value['version'] > VERSION) {
    throw new TidemarkError('newer-version', `${path} was written by a newer version`, {
      subject: path,
      next: 'Update tidemark on this device.',
    })
  }
  const { identity, tick } = value
  if (typeof identity !== 'string' || !/^[0-9a-f]{32}$/.test(identity)) throw corrupt(path)
  if (typeof tick !== 'number' || !Number.isSafeInteger(tick) || tick < 0) throw corrupt(path)
  return { identity, tick }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function corrupt(path: string): TidemarkError {
  return new TidemarkError('corrupt', `${path} is damaged`, {
    subject: path,
    next: 'Move it away: the root then counts as a new one, and its content is united with the server, nothing deleted.',
  })
}

export async function writeMarker(ground: FolderGround, marker: RootMarker): Promise<RootMarker> {
  const path = markerPath(ground)
  const fresh = ground.own(`root-${ground.token()}.json`)
  const text = `${JSON.stringify({ format: FORMAT, version: VERSION, identity: marker.identity, tick: marker.tick })}\n`
  try {
    const file = await ground.disk.open(fresh, 'create', 0o600)
    try {
      await file.write(encoder.encode(text), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await ground.disk.rename(fresh, path)
    await ground.disk.syncDirectory(ground.own())
    await ground.disk.syncDirectory(ground.root)
  } catch (error) {
    throw diskFailure('The identity of the root could not be written', path, error)
  }
  return marker
}

/** Markers that a crash left half written. Only under the lock of the root: else another process may be at one. */
export async function sweepMarkers(ground: FolderGround): Promise<void> {
  const own = ground.own()
  try {
    for (const entry of await ground.disk.readdir(own)) {
      const name = decoder.decode(entry.name)
      if (FRESH.test(name)) await ground.disk.unlink(ground.own(name)).catch(ignoreGone)
    }
  } catch (error) {
    throw diskFailure('What a crash left could not be removed', own, error)
  }
}
