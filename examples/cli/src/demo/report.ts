/** The demo's table, and the same as data. */

import Table from 'cli-table3'
import { amount } from '../amount.js'
import type { Paint } from '../output.js'
import type { Scene } from './checks.js'

const UNITS: Readonly<Record<string, (figure: number) => string>> = {
  bytes: amount,
  up: amount,
  down: amount,
}

export function tableOf(scenes: readonly Scene[], paint: Paint): string {
  const table = new Table({
    head: ['', 'what happened', 'up', 'down', 'content', 'revisions', 'seconds'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const scene of scenes) {
    const { figures, checks, title, seconds } = scene
    const sign = checks.every((check) => check.holds) ? paint.green('✔') : paint.red('✘')
    const shown = (name: string, unit: (figure: number) => string = String): string =>
      figures[name] === undefined ? '' : unit(figures[name])
    const [up, down] = figures['up'] === undefined ? ['bytesUpA', 'bytesDownB'] : ['up', 'down']
    table.push([
      sign,
      title,
      shown(up, UNITS['up']),
      shown(down, UNITS['down']),
      shown('content', UNITS['bytes']),
      shown('revisions'),
      seconds.toFixed(1),
    ])
  }
  return table.toString()
}

export function isGood(scenes: readonly Scene[]): boolean {
  return scenes.every(({ checks }) => checks.every((check) => check.holds))
}
