/*
 * Common code of the program webex-token-vault and the package webex-token-client: the transport, Vault's replies, texts and
 * exit codes of commands. This workspace is private. The client bundles it, and the program's build copies it into dist.
 */
export * from './allow-rule';
export * from './command/child-command';
export * from './command/command-line';
export * from './command/ended-rehearsal';
export * from './command/exit-codes';
export * from './command/private-folder';
export * from './duration';
export * from './explained-error';
export * from './http/answer-body';
export * from './http/http-transport';
export * from './http/json';
export * from './http/network-error';
export * from './http/proxy';
export * from './http/proxy-agent';
export * from './http/request-path';
export * from './http/retry';
export * from './http/tls-requirement';
export * from './login/app-role-login';
export * from './login/login-hold-off';
export * from './login/secret-id-file';
export * from './login/unwrapped-secret-id';
export * from './login/vault-lease';
export * from './login/vault-login';
export * from './login/wrapped-secret-id';
export * from './on-abort';
export * from './safe-text';
export * from './vault/app-variables';
export * from './vault/credential';
export * from './vault/credential-errors';
export * from './vault/vault-connection';
export * from './vault/vault-environment';
export * from './vault/vault-errors';
export * from './webex-errors';
