/** The dialog that is open, if any. */

import { createFolder, createNote, renamePath } from '../state/additions.js'
import { nameOf } from '../files/paths.js'
import { useStore } from '../state/use-store.js'
import { useWorkspace } from '../use-workspace.js'
import { NameDialog } from './name-dialog.js'
import { SignOutDialog } from './sign-out-dialog.js'

export function Questions() {
  const workspace = useWorkspace()
  const question = useStore(workspace.question)
  const close = (): void => workspace.question.set(null)
  if (question === null) return null
  if (question.kind === 'sign-out') return <SignOutDialog onClose={close} />
  if (question.kind === 'rename') {
    const { path, of } = question
    const hint = 'A browser moves a folder file by file. Keep this page open until it is done.'
    return (
      <NameDialog
        title={of === 'file' ? 'Rename file' : 'Rename folder'}
        button="Rename"
        value={nameOf(path)}
        hint={of === 'directory' ? hint : null}
        onClose={close}
        onName={async (name) => {
          const to = await renamePath(workspace, path, name)
          close()
          await workspace.select(to)
        }}
      />
    )
  }
  const { kind, directory } = question
  const where = directory === '' ? 'In the workspace itself.' : `In ${directory}.`
  return (
    <NameDialog
      title={kind === 'new-note' ? 'New note' : 'New folder'}
      button="Create"
      value=""
      hint={where}
      onClose={close}
      onName={async (name) => {
        const path = await (kind === 'new-note' ? createNote : createFolder)(workspace, directory, name)
        if (kind === 'new-note') workspace.wantKeys(path)
        close()
        await workspace.select(path)
      }}
    />
  )
}
