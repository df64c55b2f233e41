/** `tidemark unlink`: makes a folder an ordinary one again. Its files stay; what lies in the trash stays unless told otherwise. */

import { accountClient, unlinkFolder } from 'tidemark/node'
import { count } from '../amount.js'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { readLink } from '../linked-folder.js'

export interface UnlinkOptions {
  readonly removeTrash?: boolean
  readonly logout?: boolean
}

const IN_WORDS = {
  'not-asked': 'this device stays logged in; --logout would end it',
  ended: 'this device is logged out',
  offline: 'the server cannot be reached: this device is forgotten here and stays in its list of devices',
} as const

export async function unlink(folder: string, options: UnlinkOptions, { output, home }: Context): Promise<ExitCode> {
  const link = readLink(folder)
  const wantsLogout = options.logout === true
  const accounts = accountClient({ url: link.server })
  try {
    const login = wantsLogout ? home.login(link.server) : null
    const { kept, device } = await unlinkFolder(link.folder, {
      trash: options.removeTrash === true ? 'remove' : 'keep',
      ...(login === null ? {} : { device: { accounts, token: login.token } }),
    })
    if (wantsLogout) home.forget(link.server)
    output.line(`${link.folder} is an ordinary folder again; its files were not touched\n  ${IN_WORDS[device]}`)
    if (kept.length > 0) {
      output.line(
        `  ${count(kept.length, 'deleted file')} kept in ${link.folder}/.tidemark/trash: look there, then remove it`,
      )
    }
    return output.result(EXIT.done, { ...link, kept, device })
  } finally {
    await accounts.close()
  }
}
