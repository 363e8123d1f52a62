/*
 * What programs build on that do more than read tokens, such as webex-token-vault: the transport, Vault's replies, and
 * the texts and exit codes of a command. An app needs none of it.
 */
export * from './index';
export { runChildCommand } from './child-command';
export { CREDENTIAL_EXIT_CODES, exitCodeOf } from './exit-codes';
export { loginAppRole, secretIdOf } from './login/app-role-login';
export type { VaultLease } from './login/vault-lease';
export { loginAs, type AppIdentity } from './login/app-identity';
export { identityFromEnvironment } from './login/identity-environment';
export { refuseEndedRehearsal, REHEARSAL_VARIABLE } from './ended-rehearsal';
export { errorCode, quotedList, UsageError } from './explained-error';
export type { AnswerBody } from './answer-body';
export { HttpTransport, type HttpAnswer, type HttpRequest } from './http-transport';
export { NetworkError } from './network-error';
export { engineMissing, explainRefusal, readCredential } from './credential';
export { whatWebexRefused } from './oauth-rejection';
export { unlessAborted } from './on-abort';
export { LONGEST_TIMER_MS, timerMs } from './longest-timer';
export { retryAfterMs } from './retry-after';
export { explainedBy, transient } from './transient';
export { beforeItIsLost } from './login/unwrapped-secret-id';
export { explainOutage } from './vault-outage';
export { describeExpiry } from './expiry';
export { describeError, oneLine, safeText } from './safe-text';
export { appRoleFromEnvironment, engineMount } from './app-environment';
export type { VaultRequestOptions } from './vault-connection';
export { isPlainHttp, refusePlainHttp } from './plain-http';
export {
  ALLOW_HTTP,
  allowsHttp,
  readSetting,
  VAULT_ENVIRONMENT,
  vaultOptionsFromEnvironment,
  vaultServerFromEnvironment,
  vaultVariable,
} from './vault-environment';
export { notVault, whatVaultSaid } from './vault-errors';
export { isLoopback } from './proxy';
export { refuseWithoutModes } from './private-folder';
export { SecretIdFile } from './login/secret-id-file';
export { noAnswer, notWebex, webexReply } from './webex-errors';
export { refuseUnverifiedTls } from './unverified-tls';
export { ourCommand, programLine, repeatingOptions } from './our-command';
export { shellWord } from './shell-word';
