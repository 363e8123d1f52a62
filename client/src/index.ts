export { AppRoleLogin, type AppRoleLoginOptions } from './login/app-role-login';
export type { CredentialReading } from './credential';
export {
  AuthorizationPending,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultSealed,
} from './credential-errors';
export { ExplainedError } from './explained-error';
export { retry, type RetryOptions, type Transient } from './retry';
export { unwrapSecretId, WrappingTokenForgedError, WrappingTokenSpentError } from './login/secret-id';
export { TokenSource, type TokenSourceOptions } from './token-source';
export { APP_ENVIRONMENT } from './app-environment';
export { tokenSourceFromEnvironment } from './token-source-environment';
export { VaultConnection, type VaultConnectionOptions } from './vault-connection';
export { VaultResponseError, VaultUnreachableError } from './vault-errors';
export { WebexFetch, type ReplySchema, type WebexFetchOptions, type WebexRequest } from './webex-fetch';
export { WebexResponseError, WebexUnreachableError } from './webex-errors';
