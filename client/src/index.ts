export {
  APP_ENVIRONMENT,
  AppRoleLogin,
  type AppRoleLoginOptions,
  AuthorizationPending,
  type CredentialReading,
  type ErrorCode,
  ExplainedError,
  hasCode,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
  retry,
  type RetryOptions,
  TemporarilyUnavailable,
  type Transient,
  unwrapSecretId,
  VaultConnection,
  type VaultConnectionOptions,
  VaultLogin,
  VaultResponseError,
  VaultSealed,
  VaultUnreachableError,
  WebexResponseError,
  WebexUnreachableError,
  WrappingTokenForgedError,
  WrappingTokenSpentError,
} from '#core';
export { loginAs, type LoginIdentity } from './login/login-identity';
export { CertLogin, type CertLoginOptions } from './login/cert-login';
export { githubIdToken } from './login/github-id-token';
export { JwtLogin, type JwtLoginOptions, type KubernetesLoginOptions } from './login/jwt-login';
export { TokenSource, type TokenSourceOptions, type TokenSourceSettings } from './token-source';
export { tokenSourceFromEnvironment } from './token-source-environment';
export { WebexFetch, type ReplySchema, type WebexFetchOptions, type WebexRequest } from './webex-fetch';
