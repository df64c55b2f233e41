/** What the page shows, by role and name: as somebody finds it who hears it read aloud. */

import type { Locator, Page } from 'playwright-core'

export class WebPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  input(label: string): Locator {
    return this.page.getByRole('textbox', { name: label, exact: true })
  }

  /** Of no role that could be asked for. */
  get password(): Locator {
    return this.page.getByLabel('Password', { exact: true })
  }

  button(name: string | RegExp): Locator {
    return typeof name === 'string'
      ? this.page.getByRole('button', { name, exact: true })
      : this.page.getByRole('button', { name })
  }

  heading(level: number, name: string): Locator {
    return this.page.getByRole('heading', { level, name, exact: true })
  }

  region(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true })
  }

  dialog(name?: string): Locator {
    return this.page.getByRole('dialog', name === undefined ? {} : { name })
  }

  get alert(): Locator {
    return this.page.getByRole('alert')
  }

  get status(): Locator {
    return this.page.getByRole('status', { name: 'Sync status' })
  }

  get notices(): Locator {
    return this.page.getByRole('status', { name: 'Notices' })
  }

  get tree(): Locator {
    return this.page.getByRole('tree', { name: 'Files' })
  }

  /** By its own name, whatever its status; or with that status only. */
  node(name: string, status?: string): Locator {
    const end = status === undefined ? '' : `${literal(status)}$`
    return this.tree.getByRole('treeitem', { name: new RegExp(`^${literal(name)}, ${end}`) })
  }

  /** With this text only, where it is given. */
  editor(path: string): Locator {
    return this.input(`Text of ${path}`)
  }

  async isStatus(words: string): Promise<void> {
    await this.status.filter({ hasText: new RegExp(`^\\s*${words}`) }).waitFor()
  }

  /** Resolves when the editor of this path shows exactly that. */
  async shows(path: string, text: string): Promise<void> {
    const editor = this.editor(path)
    await editor.waitFor()
    await this.page.waitForFunction(
      ([label, expected]) => {
        const areas = [...document.querySelectorAll('textarea')]
        return areas.some(
          (area) =>
            area.value === expected &&
            (area.getAttribute('aria-label') === label || [...area.labels].some((one) => one.textContent === label)),
        )
      },
      [`Text of ${path}`, text] as const,
    )
  }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
