/** Identifiers. All are strings of a fixed alphabet, so that they compare, sort and print alike everywhere. */

import type { Branded } from './brand.js'

/** 128 random bits, drawn by the device that creates the node; 32 lower-case hex digits. Never derived, never re-used. */
export type NodeId = Branded<'NodeId'>
/** BLAKE2b-256; 64 lower-case hex digits. */
export type Digest = Branded<'Digest'>
/** One synced tree on a server; 32 lower-case hex digits drawn by the server. */
export type WorkspaceId = Branded<'WorkspaceId'>
/** Identity of one server history; 32 lower-case hex digits. A restored server draws a new one. */
export type Epoch = Branded<'Epoch'>
/** One device of one user; 32 lower-case hex digits. */
export type DeviceId = Branded<'DeviceId'>
/** Identity of a directory entry's object on a local disk: device, inode and, where there is one, birth time. Opaque. */
export type FileId = Branded<'FileId'>
/** Grows by one per accepted change in a workspace; 0 before the first. A safe integer. */
export type Sequence = number

/** The directory at the top of every workspace. It has no revision, no parent and no name. */
export const ROOT_ID = '00000000000000000000000000000000' as NodeId

const HEX_32 = /^[0-9a-f]{32}$/
const HEX_64 = /^[0-9a-f]{64}$/

/** True for 32 lower-case hex digits. */
export function isNodeId(value: unknown): value is NodeId {
  return typeof value === 'string' && HEX_32.test(value)
}

/** The same form serves epochs, workspaces and devices. */
export function isRandomId(value: unknown): value is Epoch & WorkspaceId & DeviceId {
  return typeof value === 'string' && HEX_32.test(value)
}

/** True for 64 lower-case hex digits. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && HEX_64.test(value)
}
