/** The scenes of the demo, in their order: each does something to the folders and says what came of it. */

import { appendFile, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, type Check, exactly, holds, none, type Scene } from './checks.js'
import type { Device } from './device.js'
import { atTheSameTime, countsOf, type Play, quiet, same, settled, type Spent, spentSince } from './play.js'
import { compilerTree } from './stage.js'
import { copyTree, differences, MODE_BITS, pathsBelow, sizeOf } from './trees.js'
import { until } from './waiting.js'

interface Outcome {
  readonly checks: readonly Check[]
  readonly figures: Readonly<Record<string, number>>
}

const KIB = 1024
const INSERT_LIMIT = 16 * KIB
const PLACES = [0.25, 0.5, 0.75]
const RENAME_LIMIT = 2 * KIB
/** A file that was changed less than this ago may change again without showing it. */
const YOUNG_MS = 3_000
const TOP = 'typescript'
const RENAMED = 'compiler'
const COMPILER_VERSION = '5.9.3'

export async function playAll(play: Play): Promise<readonly Scene[]> {
  const scenes: readonly (readonly [string, string, (play: Play) => Promise<Outcome>])[] = [
    ['first-sync', 'a real tree goes from A to B', firstSync],
    ['insert', 'one byte is inserted into the 9.1 MB file', insertByte],
    ['rename', 'the top directory gets another name', renameTop],
    ['edit-while-moving', 'B edits a file while A renames its directory', editWhileMoving],
    ['conflict', 'A and B edit one file at the same time', editBoth],
    ['delete', 'B deletes a file', deleteFile],
    ['nothing-changed', 'A logs in again, nothing has changed', logInAgain],
  ]
  const played: Scene[] = []
  for (const [id, title, run] of scenes) {
    play.begin(title)
    const start = performance.now()
    const outcome = await run(play)
    const scene = { id, title, ...outcome, seconds: (performance.now() - start) / 1000 }
    played.push(scene)
    play.done(scene)
  }
  return played
}

async function firstSync(play: Play): Promise<Outcome> {
  const { stage, signal } = play
  const [a, b] = stage.devices
  const source = compilerTree()
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string }
  await copyTree(source, join(a.folder, TOP), signal)
  const size = await sizeOf(join(a.folder, TOP), signal)
  a.watch()
  b.watch()
  const { files, bytes } = size
  await settled(play, 0, async () => (await sizeSoFar(b, signal)) === bytes)
  const [up, down] = [a.relay.passed.up, b.relay.passed.down]
  return {
    checks: [
      holds('the installed TypeScript', version === COMPILER_VERSION, version),
      none(
        'same bytes, times and modes on A and B',
        await differences(a.folder, b.folder, { modes: MODE_BITS.all, signal }),
      ),
      none(
        'and as they were installed',
        await differences(source, join(b.folder, TOP), { modes: MODE_BITS.owner, signal }),
      ),
    ],
    figures: { files, bytes, largest: size.largest.bytes, bytesUpA: up, bytesDownB: down },
  }
}

async function sizeSoFar(device: Device, signal: AbortSignal): Promise<number> {
  try {
    return (await sizeOf(join(device.folder, TOP), signal)).bytes
  } catch {
    signal.throwIfAborted()
    return 0
  }
}

/** In three places: chance (the workspace's boundary seed) decides after how many chunks the cuts meet again. */
async function insertByte(play: Play): Promise<Outcome> {
  const { stage, signal } = play
  const [a, b] = stage.devices
  const { path, bytes } = (await sizeOf(join(a.folder, TOP), signal)).largest
  const here = join(a.folder, TOP, path)
  const there = join(b.folder, TOP, path)
  const spent: Spent[] = []
  for (const place of PLACES) {
    const before = countsOf(stage)
    const content = await readFile(here)
    const at = Math.floor(content.length * place)
    await writeFile(here, Buffer.concat([content.subarray(0, at), Buffer.from(' '), content.subarray(at)]))
    await settled(play, before[0].sequence, async () => (await stat(there)).size === content.length + 1)
    spent.push(spentSince(stage, before))
  }
  const up = Math.max(...spent.map((once) => once.up))
  const down = Math.max(...spent.map((once) => once.down))
  const revisions = spent.reduce((sum, once) => sum + once.revisions, 0)
  return {
    checks: [
      atMost('bytes up, A and B, the most of three inserts', up, INSERT_LIMIT),
      atMost('bytes down, A and B, the most', down, INSERT_LIMIT),
      exactly('revisions', revisions, PLACES.length),
      await same(play),
    ],
    figures: {
      fileBytes: bytes + PLACES.length,
      up,
      down,
      content: Math.max(...spent.map((once) => once.content)),
      revisions,
    },
  }
}

async function renameTop(play: Play): Promise<Outcome> {
  const { stage } = play
  const [a, b] = stage.devices
  const before = countsOf(stage)
  await rename(join(a.folder, TOP), join(a.folder, RENAMED))
  await settled(play, before[0].sequence, async () => (await kindOf(join(b.folder, RENAMED))) === 'directory')
  const spent = spentSince(stage, before)
  return {
    checks: [
      exactly('revisions', spent.revisions, 1),
      exactly('bytes of content', spent.content, 0),
      atMost('bytes up, A and B', spent.up, RENAME_LIMIT),
      atMost('bytes down, A and B', spent.down, RENAME_LIMIT),
      await same(play),
    ],
    figures: spent,
  }
}

async function editWhileMoving(play: Play): Promise<Outcome> {
  const { stage, signal } = play
  const [a, b] = stage.devices
  const before = countsOf(stage)
  await atTheSameTime(play, async () => {
    await rename(join(a.folder, RENAMED, 'lib'), join(a.folder, RENAMED, 'library'))
    await appendFile(join(b.folder, RENAMED, 'lib', 'lib.es5.d.ts'), '// edited on B\n')
  })
  const landed = (device: Device): string => join(device.folder, RENAMED, 'library', 'lib.es5.d.ts')
  await settled(play, before[0].sequence + 1, async () => (await isEdited(landed(a))) && (await isEdited(landed(b))))
  const paths = await pathsBelow(b.folder, signal)
  return {
    checks: [
      holds('the edit stands in the new place, on A and B', true),
      none(
        'nothing in the old place',
        paths.filter((path) => path.startsWith(`${RENAMED}/lib/`)),
      ),
      none('no conflict copy', paths.filter(isCopy)),
      await same(play),
    ],
    figures: spentSince(stage, before),
  }
}

async function editBoth(play: Play): Promise<Outcome> {
  const { stage, signal } = play
  const [a, b] = stage.devices
  const before = countsOf(stage)
  const texts = ['# written on A\n', '# written on B\n']
  await atTheSameTime(play, async () => {
    await writeFile(join(a.folder, RENAMED, 'README.md'), texts[0] ?? '')
    await writeFile(join(b.folder, RENAMED, 'README.md'), texts[1] ?? '')
  })
  const copies = async (device: Device): Promise<readonly string[]> =>
    (await pathsBelow(device.folder, signal)).filter(isCopy)
  await settled(play, before[0].sequence, async () => (await copies(a)).length > 0 && (await copies(b)).length > 0)
  const [onA, onB] = [await copies(a), await copies(b)]
  const kept: string[] = []
  for (const path of [join(RENAMED, 'README.md'), ...onB]) kept.push(await readFile(join(b.folder, path), 'utf8'))
  return {
    checks: [
      exactly('conflict copies', onA.length, 1),
      holds('the same name on A and B', onA.join() === onB.join(), onB[0] ?? ''),
      holds('both texts kept', kept.sort().join() === texts.join()),
      await same(play),
    ],
    figures: spentSince(stage, before),
  }
}

async function deleteFile(play: Play): Promise<Outcome> {
  const { stage } = play
  const [a, b] = stage.devices
  const before = countsOf(stage)
  await rm(join(b.folder, RENAMED, 'ThirdPartyNoticeText.txt'))
  await settled(
    play,
    before[0].sequence,
    async () => (await kindOf(join(a.folder, RENAMED, 'ThirdPartyNoticeText.txt'))) === null,
  )
  const spent = spentSince(stage, before)
  return {
    checks: [
      exactly('revisions', spent.revisions, 1),
      exactly('bytes of content', spent.content, 0),
      none('A and B say no problem', [...a.problems, ...b.problems]),
      await same(play),
    ],
    figures: spent,
  }
}

async function logInAgain(play: Play): Promise<Outcome> {
  const { stage, signal } = play
  const [a, b] = stage.devices
  const codes = [await a.stop(), await b.stop()]
  // What was changed a moment ago is read once more: a time stamp that young does not prove that nothing followed it.
  await sleep(YOUNG_MS, undefined, { signal })
  await a.command('sync', a.folder)
  await quiet(play)
  const served = stage.requests.length
  const passed = a.relay.passed
  const { requests, opened, looked, uploaded, downloaded } = await a.countedSync()
  await until('the server has logged it', () => stage.requests.length > served, { signal })
  await quiet(play)
  const logged = stage.requests.length - served
  const files = Array.isArray(opened) ? opened.map(String) : ['?']
  return {
    checks: [
      holds('Ctrl-C ended both watches', codes.join() === '130,130', codes.join()),
      exactly("requests in the server's log", logged, 1),
      exactly('requests of the device', Number(requests), 1),
      none('no file opened', files),
      holds('and yet entries were looked at', Number(looked) > 0, Number(looked)),
      exactly('changes', Number(uploaded) + Number(downloaded), 0),
    ],
    figures: {
      requests: logged,
      filesOpened: files.length,
      entriesLookedAt: Number(looked),
      up: a.relay.passed.up - passed.up,
      down: a.relay.passed.down - passed.down,
    },
  }
}

function isCopy(path: string): boolean {
  return path.includes('(conflicted copy ')
}

async function isEdited(path: string): Promise<boolean> {
  if ((await kindOf(path)) !== 'file') return false
  const handle = await open(path)
  try {
    return (await handle.readFile('utf8')).endsWith('// edited on B\n')
  } finally {
    await handle.close()
  }
}

async function kindOf(path: string): Promise<'file' | 'directory' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file'
  } catch {
    return null
  }
}
