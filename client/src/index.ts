export type { AppIdentity } from './login/app-identity';
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
export { CertLogin, type CertLoginOptions } from './login/cert-login';
export { githubIdToken } from './login/github-id-token';
export { JwtLogin, type JwtLoginOptions, type KubernetesLoginOptions } from './login/jwt-login';
export { ExplainedError } from './explained-error';
export { retry, type RetryOptions, type Transient } from './retry';
export { unwrapSecretId, WrappingTokenForgedError, WrappingTokenSpentError } from './login/secret-id';
export { TokenSource, type TokenSourceOptions, type TokenSourceSettings } from './token-source';
export { APP_ENVIRONMENT } from './app-environment';
export { tokenSourceFromEnvironment } from './token-source-environment';
export { VaultLogin } from './login/vault-login';
export { VaultConnection, type VaultConnectionOptions } from './vault-connection';
export { VaultResponseError, VaultUnreachableError } from './vault-errors';
export { WebexFetch, type ReplySchema, type WebexFetchOptions, type WebexRequest } from './webex-fetch';
export { WebexResponseError, WebexUnreachableError } from './webex-errors';
