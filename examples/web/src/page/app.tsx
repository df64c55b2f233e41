/** What is on the screen: the sign-in, or the workspace of who is signed in. */

import { SignInForm } from './sign-in-form.js'
import { useStore } from './state/use-store.js'
import type { Visit } from './state/visit.js'
import { VisitContext, WorkspaceContext } from './use-workspace.js'
import { WorkspaceScreen } from './workspace-screen.js'

export function App({ visit }: { readonly visit: Visit }) {
  const place = useStore(visit.place)
  if (place.kind === 'leaving')
    return (
      <main class="waiting">
        <h1>Tidemark notes</h1>
        <p role="status">Signing out …</p>
      </main>
    )
  if (place.kind === 'sign-in') return <SignInForm visit={visit} place={place} />
  return (
    <VisitContext.Provider value={visit}>
      <WorkspaceContext.Provider value={place.workspace}>
        <WorkspaceScreen key={place.workspace} />
      </WorkspaceContext.Provider>
    </VisitContext.Provider>
  )
}
