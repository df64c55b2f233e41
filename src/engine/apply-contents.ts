/**
 * Brings files: stages the contents of many, writes their intents in one batch, puts each in place under the store's
 * own checks, flushes them together (SPEC 4 "bring/replace").
 */

import { TidemarkError } from '../errors.js'
import type { Target } from '../interfaces/local-store.js'
import type { CreateOperation, ReplaceOperation } from '../model/plan.js'
import type { ApplyRun } from './apply-run.js'
import { type Downloads, type Staged } from './download.js'
import { inParallel } from './parallel.js'
import { ALL_ATTRIBUTES, shows } from './results.js'

export type FileOperation = CreateOperation | ReplaceOperation

interface Ready {
  readonly operation: FileOperation
  readonly staged: Staged
  readonly to: Target
}

const WINDOW_FILES = 1024
const WINDOW_BYTES = 64 * 1024 * 1024
/** What is asked for in one turn costs the store one message. */
const PUT_AT_ONCE = 64

export class ContentWindow {
  readonly #run: ApplyRun
  readonly #downloads: Downloads
  readonly #due: FileOperation[] = []
  #bytes = 0

  constructor(run: ApplyRun, downloads: Downloads) {
    this.#run = run
    this.#downloads = downloads
  }

  async add(operation: FileOperation): Promise<void> {
    this.#due.push(operation)
    this.#bytes += operation.node.size
    if (this.#due.length >= WINDOW_FILES || this.#bytes >= WINDOW_BYTES) await this.bring()
  }

  async bring(): Promise<void> {
    const due = this.#due.splice(0)
    this.#bytes = 0
    if (due.length === 0) return
    const { state } = this.#run.parts
    const staged = await this.#downloads.stage(due, this.#run.signal)
    const ready: Ready[] = []
    // May stand here already: it is not brought a second time before that is known.
    const open = new Set([...state.intents.values()].map((intent) => intent.type === 'put' && intent.node.id))
    for (const operation of due) {
      const content = staged.get(operation.node.id)
      const to = this.#run.target(operation.node, operation.parent)
      if (content === undefined || to === null || open.has(operation.node.id)) this.#run.drop(operation)
      else ready.push({ operation, staged: content, to })
    }
    for (const one of ready) state.addIntent(intentOf(one))
    await this.#run.settle()
    // A new file may stand there all the same, when it could not be looked at; or elsewhere, when its user moved it before it
    // was flushed: both are left to be recovered.
    const stands = new Set<string>()
    try {
      await inParallel(ready, PUT_AT_ONCE, async (one) => {
        if (await this.#put(one)) stands.add(one.staged.name)
      })
    } finally {
      await this.#run.settle((gone) => {
        for (const {
          operation,
          staged: { name },
          to,
        } of ready)
          if (stands.has(name) ? !gone.has(to.path) : operation.type !== 'create') state.dropIntent(name)
      })
    }
  }

  /** Whether it stands there as planned. */
  async #put({ operation, staged, to }: Ready): Promise<boolean> {
    const { local, state, progress, onChange } = this.#run.parts
    const { node } = operation
    const expected = operation.type === 'create' ? null : await this.#run.certain(to, operation.expected)
    if (operation.type === 'replace' && expected === null) {
      this.#run.drop(operation, to.path)
      return false
    }
    const hot = expected !== null && this.#run.isHot(expected.stamp)
    const outcome =
      expected === null
        ? await local.create(staged.name, to)
        : await local.replaceIf(staged.name, to, expected, { hot })
    if (hot) this.#run.linger(to.path)
    if (!(await this.#run.took(operation, node.id, [to.path], outcome))) return false
    const fresh = 'stamp' in outcome ? outcome.stamp : null
    if (fresh === null) throw new TidemarkError('internal', `${to.path} has no stamp`)
    const stamp = this.#run.written(to.path, fresh)
    if (operation.type === 'create') shows(state.trees, { node, stamp, provisional: false }, ALL_ATTRIBUTES)
    else {
      const { content, size, modifiedAt, executable } = node
      const found = state.trees.localNode(node.id)?.node ?? node
      shows(state.trees, { node: { ...found, content, size, modifiedAt, executable }, stamp, provisional: false }, [
        'content',
        'executable',
      ])
    }
    progress.downloaded(1)
    onChange({ type: operation.type, path: to.path, id: node.id })
    return true
  }
}

function intentOf({ operation, staged, to }: Ready): Parameters<ApplyRun['parts']['state']['addIntent']>[0] {
  return {
    type: 'put',
    token: staged.name,
    node: operation.node,
    sequence: operation.sequence,
    path: to.path,
    stagedFileId: staged.fileId,
    expected: operation.type === 'replace' ? operation.expected.stamp : null,
  }
}
