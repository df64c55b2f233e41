/** The client database on a real disk: many rows in one durable batch, single batches, rows read by key and in order. */

import { join } from 'node:path'
import { sqliteStateStore } from '../../../adapters/node/index.js'
import type { StateEntry } from '../../../src/index.js'
import { SeededBytes } from '../seeded-bytes.js'
import { figure, type MicroBench } from './micro-bench.js'

const ROWS = 10_000
const SINGLE = 100
const VALUE_BYTES = 200

export const STATE_STORE: MicroBench = {
  name: 'state store',
  async run({ directory, seed }) {
    const store = sqliteStateStore({ path: join(directory, 'state.sqlite') })
    const source = new SeededBytes(seed)
    const entries: readonly StateEntry[] = Array.from({ length: ROWS }, (_, at) => ({
      key: `row/${String(at).padStart(8, '0')}`,
      value: source.bytes(VALUE_BYTES),
    }))
    const keys = entries.map(({ key }) => key)
    const size = { amount: ROWS, unit: 'rows' }
    await store.open()
    try {
      return [
        await figure({ what: `state store, ${ROWS} rows in one batch`, ...size }, () => () => store.batch(entries, [])),
        await figure(
          { what: `state store, ${SINGLE} batches of one row`, amount: SINGLE, unit: 'batches' },
          () => async () => {
            for (const entry of entries.slice(0, SINGLE)) await store.batch([entry], [])
          },
        ),
        await figure({ what: `state store, ${ROWS} rows by key`, ...size }, () => () => store.get(keys)),
        await figure(
          { what: `state store, ${ROWS} rows in order`, ...size },
          () => () => store.range('row/', null, ROWS),
        ),
      ]
    } finally {
      await store.close()
    }
  },
}
