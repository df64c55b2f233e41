/** The visit and its workspace, for every component below. */

import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { OpenWorkspace } from './state/open-workspace.js'
import type { Visit } from './state/visit.js'

export const WorkspaceContext = createContext<OpenWorkspace | null>(null)
export const VisitContext = createContext<Visit | null>(null)

export function useWorkspace(): OpenWorkspace {
  return present(useContext(WorkspaceContext))
}

export function useVisit(): Visit {
  return present(useContext(VisitContext))
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error('a component stands outside of a workspace')
  return value
}
