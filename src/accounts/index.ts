/** The public names of `tidemark/accounts`. */

export { accounts } from './accounts.js'
export type { Accounts, AccountsOptions, CallOptions, Credentials, LoginResult } from './accounts.js'
export type { DeviceInfo, IssuedToken, Principal } from './device-tokens.js'
export { PASSWORD_MAX_BYTES, PASSWORD_MIN_LENGTH } from './password-policy.js'
export { userName } from './user-name.js'
export type { UserName } from './user-name.js'
export type {
  AccountDevice,
  AccountStore,
  AccountUser,
  ThrottleChange,
  ThrottleRecord,
} from '../interfaces/account-store.js'
export type { PasswordHasher } from '../interfaces/password-hasher.js'
