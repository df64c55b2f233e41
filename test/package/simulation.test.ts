/** docs/simulation.md, followed word for word in a project of its own: the planted lost update is found, and told (B8). */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { run } from '../../scripts/testing/process.js'
import { installPacked, repository } from './packed.js'

const PAGE = readFileSync(join(repository, 'docs/simulation.md'), 'utf8')
const FILES = new Map(
  [...PAGE.matchAll(/<!-- file: (\S+) -->\n```js\n([\s\S]*?)```/g)].map(([, name, text]) => [name!, text!]),
)

test('B8 a store that overwrites unseen edits is found in the shipped worlds, with a story of a few steps', async (t) => {
  t.timeout(400_000)
  t.deepEqual([...FILES.keys()], ['hasty-store.js', 'try-it.js'])
  const project = await installPacked()
  try {
    writeFileSync(join(project.directory, 'package.json'), '{ "private": true, "type": "module" }')
    for (const [name, text] of FILES) writeFileSync(join(project.directory, name), text)
    const { stdout, stderr, exitCode } = await run(process.execPath, ['try-it.js'], {
      cwd: project.directory,
      env: { NODE_OPTIONS: '' },
      timeLimitMs: 300_000,
    })
    t.is(exitCode, 1, stderr)
    t.regex(stdout, /^seed \d+, \d{1,2} steps of users\nINV-02: lost: /)
    t.true(stdout.split('\n').length < 60, 'a story that can be read')
  } finally {
    project.close()
  }
})
