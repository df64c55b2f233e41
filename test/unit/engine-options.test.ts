/** The options of an engine: checked when it is made, each wrong one named, with what to do. */
import test from 'ava'
import { memoryFolder } from '../../adapters/memory/index.js'
import { type ErrorCode, isTidemarkError, SyncEngine, type SyncEngineOptions, type Transport } from '../../src/index.js'

const transport: Transport = {
  workspace: 'notes',
  exchange: () => Promise.reject(new Error('no engine of these tests starts')),
  subscribe: () => ({ close: () => Promise.resolve() }),
  close: () => Promise.resolve(),
}
const good = (): SyncEngineOptions => ({ ...memoryFolder(), transport })

/** What is other than in good options, the code and the subject of the refusal. */
const REFUSED: readonly (readonly [
  title: string,
  options: Readonly<Record<string, unknown>>,
  code: ErrorCode,
  subject: string,
])[] = [
  ['an unknown name', { scanEvery: 5_000 }, 'unknown-option', 'scanEvery'],
  ['no disk', { local: undefined }, 'invalid-option', 'local'],
  ['a state that is none', { state: {} }, 'invalid-option', 'state'],
  ['a hasher that is none', { hasher: 'blake2b' }, 'invalid-option', 'hasher'],
  ['no way to a server', { transport: null }, 'invalid-option', 'transport'],
  ['a clock that cannot sleep', { clock: { now: () => 0, monotonic: () => 0 } }, 'invalid-option', 'clock'],
  ['no chance', { random: undefined }, 'invalid-option', 'random'],
  ['a watcher that does not stop', { watcher: { start: () => undefined } }, 'invalid-option', 'watcher'],
  ['a compressor that only compresses', { compressor: { compress: () => undefined } }, 'invalid-option', 'compressor'],
  ['a log that is no function', { log: console }, 'invalid-option', 'log'],
  ['a device without a name', { deviceName: ' ' }, 'invalid-option', 'deviceName'],
  ['a period too short', { scanEveryMs: 999 }, 'invalid-option', 'scanEveryMs'],
  ['a period too long', { pollEveryMs: 86_400_001 }, 'invalid-option', 'pollEveryMs'],
  ['a period in parts', { retryEveryMs: 1_000.5 }, 'invalid-option', 'retryEveryMs'],
]
for (const [title, options, code, subject] of REFUSED) {
  test(`an engine refuses ${title}`, (t) => {
    const error = t.throws(() => new SyncEngine({ ...good(), ...options }))
    if (!isTidemarkError(error)) return t.fail(String(error))
    t.is(error.code, code)
    t.is(error.subject, subject)
    t.true(error.message.includes(subject), error.message)
    t.not(error.next, null)
  })
}

test('the parts of a folder in memory are spread into the options; the hand on its disk stays outside', (t) => {
  const folder = memoryFolder()
  t.notThrows(() => new SyncEngine({ ...folder, transport }))
  t.deepEqual(folder.volume.readdirSync(folder.root), [])
  t.is(typeof folder.kill, 'function')
})

test('an engine takes the least there is, and every option at its bounds', (t) => {
  t.is(new SyncEngine(good()).status.state, 'stopped')
  const bounds = { scanEveryMs: 1_000, pollEveryMs: 86_400_000, retryEveryMs: 60_000 }
  t.notThrows(() => new SyncEngine({ ...good(), ...bounds, watcher: null, compressor: null, deviceName: 'desk' }))
})
