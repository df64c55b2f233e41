/** Who asks. Made by the host's authentication, never by a client. */

export interface Principal {
  /** Id of the account: owner of its workspaces. */
  readonly user: string
  /** The device of the token that was shown; null where the host has no devices. */
  readonly device: string | null
}
