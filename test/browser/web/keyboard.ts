/** A person without a mouse: Tab, arrows and letters, and nothing else ever touches the page. */

import type { Locator, Page } from 'playwright-core'

/** More stops than the page has. */
const MOST_STOPS = 80
const MOST_NODES = 60

export class Keyboard {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key)
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text)
  }

  /** Tab by Tab, until it has the focus: what cannot be reached so is a fault of the page. */
  async to(target: Locator): Promise<void> {
    await target.waitFor()
    for (let stops = 0; stops < MOST_STOPS; stops++) {
      if (await hasFocus(target)) return
      await this.press('Tab')
    }
    throw new Error(`the keyboard does not reach ${target.toString()}`)
  }

  async activate(target: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
    await this.to(target)
    await this.press(key)
  }

  /** Over what is there. */
  async write(target: Locator, text: string): Promise<void> {
    await this.to(target)
    await this.press('Control+A')
    await this.type(text)
  }

  /** In the tree: from the top down to the node, opening the directories on the way. */
  async toNode(tree: Locator, path: readonly ((tree: Locator) => Locator)[]): Promise<void> {
    await this.#intoTree(tree)
    await this.press('Home')
    for (const [at, step] of path.entries()) {
      const node = step(tree)
      await this.#downTo(node)
      if (at < path.length - 1 && (await node.getAttribute('aria-expanded')) !== 'true') await this.press('ArrowRight')
    }
  }

  async #intoTree(tree: Locator): Promise<void> {
    await tree.waitFor()
    for (let stops = 0; stops < MOST_STOPS; stops++) {
      if (await tree.evaluate((element) => element.contains(document.activeElement))) return
      await this.press('Tab')
    }
    throw new Error('the keyboard does not reach the tree')
  }

  async #downTo(node: Locator): Promise<void> {
    await node.waitFor()
    for (let steps = 0; steps < MOST_NODES; steps++) {
      if (await hasFocus(node)) return
      await this.press('ArrowDown')
    }
    throw new Error(`the arrows do not reach ${node.toString()}`)
  }
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement)
}
