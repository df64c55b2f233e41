/**
 * What the entries of .changeset come to: the next version, and what it brings. Read by the library of changesets in a copy
 * that holds the manifest alone: its own command does not see a package that is the root of npm workspaces.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getReleasePlan from '@changesets/get-release-plan'

export interface ReleasePlan {
  /** The version after the present one; the present one when there is no entry. */
  readonly version: string
  readonly entries: readonly { readonly id: string; readonly summary: string }[]
}

/** Fails with a sentence for a broken configuration, a broken entry, and an entry of a package that is not ours. */
export async function releasePlan(root: string): Promise<ReleasePlan> {
  const place = mkdtempSync(join(tmpdir(), 'tidemark-release-'))
  try {
    const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly name: string
      readonly version: string
    }
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version }))
    writeFileSync(join(place, 'package-lock.json'), '{}')
    cpSync(join(root, '.changeset'), join(place, '.changeset'), { recursive: true })
    const plan = await getReleasePlan(place)
    return {
      version: plan.releases.find((release) => release.name === name)?.newVersion ?? version,
      entries: plan.changesets.map(({ id, summary }) => ({ id, summary })),
    }
  } finally {
    rmSync(place, { recursive: true })
  }
}
