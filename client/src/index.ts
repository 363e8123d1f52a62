export {
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
  type RetryOptions,
  TemporarilyUnavailable,
  unwrapSecretId,
  VaultConnection,
  type VaultConnectionOptions,
  type VaultLogin,
  VaultResponseError,
  VaultSealed,
  VaultUnreachableError,
  WebexResponseError,
  WebexUnreachableError,
  WrappingTokenForgedError,
  WrappingTokenSpentError,
} from '#core';
export { loginAs, type LoginIdentity } from './login/login-identity';
export type { CertLoginOptions } from './login/cert-login';
export { githubIdToken } from './login/github-id-token';
export type { JwtLoginOptions, KubernetesLoginOptions } from './login/jwt-login';
export { TokenSource, type TokenSourceOptions, type TokenSourceSettings } from './token-source';
export { credentialsFromEnvironment, tokenSourceFromEnvironment } from './token-source-environment';
export { WebexFetch, type ReplySchema, type WebexFetchOptions, type WebexRequest } from './webex-fetch';
