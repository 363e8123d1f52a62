/*
 * Common code of the program webex-token-vault and the package webex-token-client: the transport, Vault's replies, texts and
 * exit codes of commands. This workspace is private. The client bundles it, and the program's build copies it into dist.
 */
export { runChildCommand } from './command/child-command';
export { DURATION_NOTATION, durationSeconds } from './command/duration';
export { refuseEndedRehearsal, REHEARSAL_VARIABLE } from './command/ended-rehearsal';
export { CREDENTIAL_EXIT_CODES, exitCodeOf } from './command/exit-codes';
export { type CurrentRun, currentRun, duringRun } from './command/current-run';
export { asStarted, commandLine, programLine } from './command/command-line';
export { refuseWithoutModes } from './command/private-folder';
export { isPlainWord, shellWord } from './command/shell-word';
export { type ErrorCode, hasCode, isExplained } from './error-code';
export { errorCode, ExplainedError, quotedList, UsageError } from './explained-error';
export { AnswerBody } from './http/answer-body';
export { type ClientCertificate, type HttpAnswer, type HttpRequest, HttpTransport } from './http/http-transport';
export { fieldsOf, isFields, parseJson, textOf } from './http/json';
export { NetworkError } from './http/network-error';
export { isPlainHttp, refusePlainHttp } from './http/plain-http';
export { isLoopback } from './http/proxy';
export { retryAfterMs } from './http/retry-after';
export { retry, type RetryOptions, type Transient } from './http/retry';
export { explainedBy, transient } from './http/transient';
export { refuseUnverifiedTls } from './http/unverified-tls';
export { AppRoleLogin, type AppRoleLoginOptions, loginAppRole, secretIdOf } from './login/app-role-login';
export { LoginHoldOff, WITHOUT_LOCKOUT_MS } from './login/login-hold-off';
export { SecretIdFile } from './login/secret-id-file';
export { unwrapSecretId, WrappingTokenForgedError, WrappingTokenSpentError } from './login/wrapped-secret-id';
export { beforeItIsLost } from './login/unwrapped-secret-id';
export { loginAt, type VaultLease } from './login/vault-lease';
export { type Presented, VaultLogin } from './login/vault-login';
export { LONGEST_LIFE_SECONDS } from './longest-life';
export { LONGEST_TIMER_MS, timerMs } from './longest-timer';
export { unlessAborted } from './on-abort';
export { Period } from './period';
export { describeError, oneLine, safeText } from './safe-text';
export { APP_ENVIRONMENT, appRoleFromEnvironment, engineMount, mountOf } from './vault/app-variables';
export {
  AuthorizationPending,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultSealed,
} from './vault/credential-errors';
export { CredentialReading, engineMissing, explainRefusal, readCredential } from './vault/credential';
export { describeExpiry } from './vault/expiry';
export { VaultConnection, type VaultConnectionOptions, type VaultRequestOptions } from './vault/vault-connection';
export {
  ALLOW_HTTP,
  allowsHttp,
  readSetting,
  VAULT_ENVIRONMENT,
  vaultOptionsFromEnvironment,
  vaultServerFromEnvironment,
  vaultVariable,
} from './vault/vault-environment';
export { notVault, VaultResponseError, VaultUnreachableError, whatVaultSaid } from './vault/vault-errors';
export { explainOutage } from './vault/vault-outage';
export { whatWebexRefused } from './webex/oauth-rejection';
export { noAnswer, notWebex, webexReply, WebexResponseError, WebexUnreachableError } from './webex/webex-errors';
