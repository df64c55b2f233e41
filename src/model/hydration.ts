/** Whether a device holds every content of its tree, or those that were asked for. */

export const HYDRATIONS = ['all', 'on-demand'] as const
/**
 * `all`: every file has its content on this disk. `on-demand`: the whole tree is known and every directory is made; the
 * content of a file that others made comes when it is asked for, and can be let go again.
 */
export type Hydration = (typeof HYDRATIONS)[number]
