/**
 * An independent account of a world: every content each user wrote, what a user ended knowingly, and so what must be live
 * at rest. It knows nothing of engines, plans or servers. Contents are told apart by their text, so each has to be unique.
 */

/** Everything that stands in the folder of a device: text by path for files, null for directories. */
export type Tree = ReadonlyMap<string, string | null>

interface Written {
  readonly device: string
  /** What it was written over, which may shine through where it was lost. */
  readonly over: string
  /** A user overwrote it or deleted it while it stood before his eyes. */
  ended: 'overwritten' | 'deleted' | null
  /** It stands in several places: what becomes of one says nothing of the others. */
  copied: boolean
  /** Its bytes may have been lost with the power before anybody could know them. */
  exempt: boolean
  /** A device was asked to let it go: from then on it may be on the server alone. */
  isLetGo: boolean
}

interface Doing {
  /** Where it stood when the phase began: a copy of ours may stand beside what it was made of. */
  places: number
  /** Deletes of it, by device. */
  readonly deletedBy: Map<string, number>
  touched: boolean
}

/** What a phase was like, as far as it matters to the rules. */
export interface Circumstances {
  /** A server or a state went back in time: deletes may be undone, conflicts may come. */
  readonly wentBack: boolean
  /** Devices whose power failed: what a user did there last may be undone. */
  readonly powerless: ReadonlySet<string>
}

const MOST_LAYERS = 8

export class Oracle {
  readonly #written = new Map<string, Written>()
  /** Contents that stood in the tree when the phase began, and what was done to them since. */
  readonly #standing = new Map<string, Doing>()
  readonly #workers = new Set<string>()
  /** Contents by the device on which they were copied. */
  readonly #copies = new Map<string, Set<string>>()
  readonly #torn = new Set<string>()

  /** A user wrote a content; `over`: what stood there before his eyes. */
  wrote(device: string, content: string, over: string | null): void {
    this.#workers.add(device)
    if (content !== '')
      this.#written.set(content, {
        device,
        over: over ?? '',
        ended: null,
        copied: false,
        exempt: false,
        isLetGo: false,
      })
    if (over !== null && over !== content) this.#end(over, 'overwritten')
  }

  deleted(device: string, content: string): void {
    this.#workers.add(device)
    this.#end(content, 'deleted')
    const deletedBy = this.#standing.get(content)?.deletedBy
    deletedBy?.set(device, (deletedBy.get(device) ?? 0) + 1)
  }

  /** Moved, or its mode changed: that beats a delete made elsewhere. */
  touched(device: string, content: string): void {
    this.#workers.add(device)
    const standing = this.#standing.get(content)
    if (standing !== undefined) standing.touched = true
  }

  copied(device: string, content: string): void {
    this.touched(device, content)
    const written = this.#written.get(content)
    if (written === undefined) return
    written.copied = true
    this.#copies.set(device, (this.#copies.get(device) ?? new Set()).add(content))
  }

  /** What its user copied a moment ago may be found torn, however safe the original is. */
  powerFailed(device: string): void {
    for (const content of this.#copies.get(device) ?? []) this.#torn.add(content)
  }

  /** Something else than contents was changed: a directory, a link. */
  worked(device: string): void {
    this.#workers.add(device)
  }

  /** The power failed on this device, and this content of its user is not on the disk any more. */
  mayBeLost(content: string): void {
    const written = this.#written.get(content)
    if (written !== undefined) written.exempt = true
  }

  letGo(content: string): void {
    const written = this.#written.get(content)
    if (written !== undefined) written.isLetGo = true
  }

  /** Contents a user of this device wrote. */
  by(device: string): readonly string[] {
    return [...this.#written].filter(([, written]) => written.device === device).map(([content]) => content)
  }

  /** A new phase begins at rest. */
  begin(tree: Tree): void {
    this.#standing.clear()
    this.#workers.clear()
    for (const content of tree.values()) {
      if (content === null) continue
      const doing = this.#standing.get(content) ?? { places: 0, deletedBy: new Map(), touched: false }
      doing.places++
      this.#standing.set(content, doing)
    }
  }

  /** Devices whose users worked in this phase. */
  get workers(): ReadonlySet<string> {
    return this.#workers
  }

  /**
   * INV-02: contents that nobody ended and that are nowhere. What devices were asked to let go, to a server that went back in
   * time since, is gone with what the server forgot.
   */
  lost(live: ReadonlySet<string>, { wentBack }: Pick<Circumstances, 'wentBack'>): readonly string[] {
    if (wentBack) for (const [content, one] of this.#written) one.exempt ||= one.isLetGo && !live.has(content)
    return [...this.#written]
      .filter(([content, { ended, exempt }]) => ended === null && !exempt && !live.has(content))
      .map(([content]) => content)
  }

  /**
   * INV-03: contents that were deleted knowingly, wherever they stood, by a user who had seen all that was done to them, and
   * that are there.
   */
  revived(live: ReadonlySet<string>, { wentBack, powerless }: Circumstances): readonly string[] {
    if (wentBack) return []
    return [...this.#standing]
      .filter(([content, { places, deletedBy, touched }]) => {
        const isUndone = [...deletedBy.keys()].some((device) => powerless.has(device))
        return (
          [...deletedBy.values()].some((deletes) => deletes >= places) &&
          !touched &&
          !isUndone &&
          this.#written.get(content)?.copied !== true &&
          live.has(content)
        )
      })
      .map(([content]) => content)
  }

  /**
   * INV-08: contents that are what no user wrote. What a user's own unflushed write became when the power failed is his, as
   * on any disk: cut short, or with zeros in it.
   */
  strangers(live: ReadonlySet<string>): readonly string[] {
    const torn = [...this.#written].filter(([content, { exempt }]) => exempt || this.#torn.has(content))
    for (const content of live) {
      if (this.#written.has(content) || !torn.some(([whole]) => isTornFrom(content, this.#layers(whole)))) continue
      this.#written.set(content, { device: '', over: '', ended: null, copied: false, exempt: true, isLetGo: false })
    }
    return [...live].filter((content) => content !== '' && !this.#written.has(content))
  }

  /** A content and all that it was written over, which may shine through where none of it was flushed. */
  #layers(content: string): readonly string[] {
    const layers: string[] = []
    for (let at = content; at !== '' && layers.length < MOST_LAYERS; at = this.#written.get(at)?.over ?? '')
      layers.push(at)
    return layers
  }

  #end(content: string, how: 'overwritten' | 'deleted'): void {
    const written = this.#written.get(content)
    if (written !== undefined) written.ended = how
    if (how === 'overwritten') {
      const standing = this.#standing.get(content)
      if (standing !== undefined) standing.touched = true
    }
  }
}

/** Cut short, with zeros in it, or with what stood there before. */
function isTornFrom(content: string, layers: readonly string[]): boolean {
  return [...content].every((character, at) => character === '\0' || layers.some((layer) => layer[at] === character))
}
