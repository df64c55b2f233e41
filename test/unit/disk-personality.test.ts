/** Personalities of the simulated disk: which names are one, what is refused, what times and numbers are kept. */

import test from 'ava'
import { probeDisk } from '../../adapters/shared/folder-probe.js'
import { PERSONALITIES } from '../../adapters/simulation/disk-personality.js'
import { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'
import { codeOf } from '../conformance/assertion.js'

type Name = keyof typeof PERSONALITIES

function disk(name: Name): SimulatedDisk {
  let time = 1_700_000_000_123
  return new SimulatedDisk({ now: () => (time += 7), personality: PERSONALITIES[name] })
}

interface Names {
  /** Whether 'a' finds 'A', and the composed form the decomposed one. */
  readonly folds: readonly [boolean, boolean]
  readonly listed: string
  readonly longest: string
  readonly refuses: readonly string[]
}

const COMPOSED = 'caf\u00e9'
const DECOMPOSED = 'cafe\u0301'
const ASTRAL = '\u{1f30a}'
const PLAIN = { folds: [false, false], listed: COMPOSED, longest: `${ASTRAL.repeat(63)}xxx`, refuses: [] } as const
const UTF16 = `${ASTRAL.repeat(127)}x`
const WINDOWS = ['CON', 'nul', 'Com1', 'aux.txt', 'a:b', 'a?', 'a\\b', '...', 'tab\t']

const NAMES: Readonly<Record<Name, Names>> = {
  linux: PLAIN,
  coarse: PLAIN,
  shortNames: { ...PLAIN, longest: `${ASTRAL.repeat(35)}xxx` },
  caseInsensitive: { ...PLAIN, folds: [true, false] },
  apfs: { ...PLAIN, folds: [true, true] },
  nfd: { folds: [true, true], listed: DECOMPOSED, longest: UTF16, refuses: [] },
  fat: { folds: [true, false], listed: COMPOSED, longest: UTF16, refuses: WINDOWS },
  windows: { folds: [true, false], listed: COMPOSED, longest: UTF16, refuses: WINDOWS },
}

for (const [name, { folds, listed, longest, refuses }] of Object.entries(NAMES) as [Name, Names][]) {
  test(`names on a disk of the kind ${name}`, async (t) => {
    const { user } = disk(name)
    user.writeFile('/Twin', 'x')
    user.writeFile(`/${COMPOSED}`, 'y')
    t.deepEqual([user.exists('/tWIN'), user.exists(`/${DECOMPOSED}`)], [...folds])
    t.deepEqual(user.readdir('/'), ['Twin', listed])
    user.rename('/Twin', '/tWIN')
    t.deepEqual(user.readdir('/').sort(), ['tWIN', listed].sort(), 'a name is respelled')
    t.is(user.readText('/tWIN'), 'x')
    user.writeFile(`/${longest}`, 'z')
    t.is(
      codeOfSync(() => user.writeFile(`/${longest}x`, 'z')),
      'ENAMETOOLONG',
    )
    t.is(
      codeOfSync(() => user.lstat(`/${longest}x`)),
      'ENAMETOOLONG',
    )
    for (const refused of refuses) {
      t.is(
        codeOfSync(() => user.writeFile(`/${refused}`, 'z')),
        'EINVAL',
        refused,
      )
      t.is(
        codeOfSync(() => user.mkdir(`/${refused}`)),
        'EINVAL',
        refused,
      )
      t.false(user.exists(`/${refused}`))
    }
    user.writeFile('/end. .', 'w')
    t.is(user.readdir('/').includes('end'), refuses.length > 0)
    t.is(user.readText('/end. .'), 'w')
    t.is(user.exists('/end'), refuses.length > 0)
  })
}

test('the probe of the folder store finds out what a disk is', async (t) => {
  const found = await Promise.all(
    (Object.keys(PERSONALITIES) as Name[]).map(async (name) => {
      const one = disk(name)
      one.user.mkdir('/probe')
      const { traits, hardLinks } = await probeDisk(one, '/probe', 'token', {})
      t.deepEqual(one.user.readdir('/probe'), [], 'nothing is left behind')
      const { unicode, executableBit, fileIds, mtimeGranularityNs, nameLimit } = traits
      return [
        name,
        traits.case,
        unicode,
        executableBit,
        fileIds,
        mtimeGranularityNs,
        nameLimit.length,
        hardLinks,
      ].join()
    }),
  )
  t.deepEqual(found, [
    'linux,sensitive,exact,true,strong,10000000,255,true',
    'caseInsensitive,preserving,exact,true,strong,10000000,255,true',
    'nfd,preserving,nfd,true,strong,1000000000,255,true',
    'apfs,preserving,insensitive,true,strong,10000000,255,true',
    'fat,preserving,exact,false,weak,2000000000,255,false',
    'coarse,sensitive,exact,true,weak,1000000000,255,true',
    'windows,preserving,exact,false,strong,10000000,255,true',
    'shortNames,sensitive,exact,true,strong,10000000,143,true',
  ])
})

test('times are rounded down to the granularity, before 1970 too', async (t) => {
  const modified = async (name: Name, ms: number): Promise<bigint> => {
    const one = disk(name)
    one.user.writeFile('/f', 'x')
    t.is(one.user.lstat('/f').mtimeNs % BigInt(PERSONALITIES[name].mtimeGranularityNs), 0n)
    await one.utimes('/f', ms, ms)
    return one.user.lstat('/f').mtimeNs
  }
  t.is(await modified('linux', 1_234_567), 1_234_567_000_000n)
  t.is(await modified('coarse', 1_234_567), 1_234_000_000_000n)
  t.is(await modified('fat', 1_235_567), 1_234_000_000_000n)
  t.is(await modified('fat', -1), -2_000_000_000n)
})

test('numbers of files: unique, used again at once, or none', (t) => {
  const numbers = (name: Name): readonly [boolean, boolean, bigint] => {
    const { user } = disk(name)
    user.writeFile('/f', 'x')
    const first = user.lstat('/f')
    user.writeFile('/other', 'x')
    user.unlink('/f')
    user.writeFile('/g', 'x')
    const second = user.lstat('/g')
    const isOther = first.birthtimeNs !== second.birthtimeNs
    return [first.ino === second.ino, isOther, user.lstat('/other').ino === 0n ? 0n : 1n]
  }
  t.deepEqual(numbers('linux'), [true, true, 1n])
  t.deepEqual(numbers('coarse'), [true, false, 1n])
  t.deepEqual(numbers('apfs'), [false, true, 1n])
  t.deepEqual(numbers('fat'), [true, false, 0n])
  const { user } = disk('linux')
  const held = user.hold('/f')
  const { ino } = user.lstat('/f')
  user.unlink('/f')
  user.writeFile('/g', 'x')
  t.not(user.lstat('/g').ino, ino, 'a number is not given again while a handle is open')
  held.close()
  user.writeFile('/h', 'x')
  t.is(user.lstat('/h').ino, ino)
})

test('links, execute bits and permissions, where a disk has them', async (t) => {
  for (const name of ['linux', 'windows', 'fat'] as const) {
    const one = disk(name)
    const { links, executable } = PERSONALITIES[name]
    one.user.writeFile('/f', 'x')
    t.is(await codeOf(() => one.link('/f', '/g')), links ? undefined : 'EPERM')
    t.is(
      codeOfSync(() => one.user.symlink('f', '/l')),
      links ? undefined : 'EPERM',
    )
    await one.chmod('/f', 0o755)
    t.is(one.user.lstat('/f').mode, executable ? 0o755 : 0o644)
    t.is(one.user.lstat('/f').nlink, links ? 2n : 1n)
  }
  const now = (): number => 0
  for (const privileged of [false, true]) {
    const one = new SimulatedDisk({ now, privileged })
    one.user.mkdir('/d')
    one.user.writeFile('/d/f', 'x')
    one.user.chmod('/d', 0o400)
    t.is(await codeOf(() => one.lstat('/d/f')), privileged ? undefined : 'EACCES')
    one.user.chmod('/d', 0o500)
    t.is(await codeOf(() => one.unlink('/d/f')), privileged ? undefined : 'EACCES')
  }
})

function codeOfSync(run: () => void): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}
