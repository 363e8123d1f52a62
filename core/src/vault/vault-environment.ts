import { readFileSync } from 'node:fs';
import { errorCode, ExplainedError } from '../explained-error';
import { refusePlainHttp } from '../http/tls-requirement';
import { oneLine } from '../safe-text';
import type { VaultConnectionOptions } from './vault-connection';

/** Line of `--help`. */
export const ALLOW_HTTP = '"true": allow plain HTTP to another machine, as in a service mesh that encrypts';

/** Returns an environment variable in its Vault or OpenBao form. The OpenBao form has precedence, as in `bao`. */
export function vaultVariable(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env[`BAO_${name}`] || env[`VAULT_${name}`] || undefined;
}

/** @throws ExplainedError if the variable is neither "true" nor "false" */
export function switchedOn(name: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const value = vaultVariable(name, env) ?? 'false';
  if (!['true', 'false'].includes(value)) {
    throw new ExplainedError(`VAULT_${name} must be true or false, got "${oneLine(value)}"; set it to one of them`);
  }
  return value === 'true';
}

/** Whether the environment allows plain HTTP to a Vault on another machine. @throws as {@link switchedOn} */
export function allowsHttp(env: NodeJS.ProcessEnv = process.env): boolean {
  return switchedOn('ALLOW_HTTP', env);
}

/**
 * Returns the address, namespace, CA and token that the `vault` and `bao` commands would use.
 *
 * @param declared used if the environment does not set them
 * @throws ExplainedError if there is no address, or a value is unusable
 */
export function vaultOptionsFromEnvironment(
  declared: { address?: string; namespace?: string } = {},
  env: NodeJS.ProcessEnv = process.env,
): VaultConnectionOptions {
  return { ...vaultServerFromEnvironment(declared, env), token: tokenFromEnvironment(env) };
}

/** Returns the same as {@link vaultOptionsFromEnvironment} without the token, for callers that log in themselves. */
export function vaultServerFromEnvironment(
  declared: { address?: string; namespace?: string } = {},
  env: NodeJS.ProcessEnv = process.env,
): Omit<VaultConnectionOptions, 'token'> {
  const address = vaultVariable('ADDR', env) ?? declared.address;
  if (address === undefined) {
    throw new ExplainedError(
      'VAULT_ADDR is not set, so there is no Vault to ask; set it, like VAULT_ADDR=http://127.0.0.1:8200',
    );
  }
  const setting = env.BAO_ADDR ? 'BAO_ADDR' : 'VAULT_ADDR';
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // The message below quotes an invalid URL.
  if (url === undefined ? address.includes('@') : url.username !== '' || url.password !== '') {
    throw new ExplainedError(
      `${setting} must hold no user and password, as it is shown and written to files; leave them out`,
    );
  }
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new ExplainedError(
      `${setting} must be an http or https URL, got "${oneLine(address)}"; write it like "http://127.0.0.1:8200"`,
    );
  }
  const allowHttp = allowsHttp(env);
  if (!allowHttp) {
    refusePlainHttp(address, `use https in ${setting}, or set VAULT_ALLOW_HTTP=true if a service mesh encrypts`);
  }
  const caFile = vaultVariable('CACERT', env);
  return {
    address: address.replace(/\/+$/, ''),
    allowHttp,
    namespace: vaultVariable('NAMESPACE', env) ?? declared.namespace,
    ca: caFile === undefined ? undefined : certificatesIn(caFile),
  };
}

/** A failed login leaves an empty variable. The token in the helper file is not used instead, because it may be root's. */
function tokenFromEnvironment(env: NodeJS.ProcessEnv): string | undefined {
  const empty = ['BAO_TOKEN', 'VAULT_TOKEN'].find((name) => env[name] === '');
  if (empty !== undefined) {
    throw new ExplainedError(
      `${empty} is set but empty, as a login that failed leaves it, and no other token is taken in its place; set it to a token, or unset it`,
    );
  }
  return vaultVariable('TOKEN', env) ?? tokenFromHelperFile(env);
}

/** Place of the token in {@link vaultOptionsFromEnvironment}, for people. @returns undefined if there is no token */
export function tokenSource(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return (
    ['BAO_TOKEN', 'VAULT_TOKEN'].find((name) => env[name]) ??
    (tokenFromHelperFile(env) === undefined ? undefined : '~/.vault-token')
  );
}

/** Reads a file that a setting names. @throws ExplainedError with the name of the setting */
export function readSetting(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ExplainedError(
      `${setting} names ${file}, which cannot be read (${errorCode(error)}); check the path and its permissions`,
    );
  }
}

/** Reads certificates. Node accepts a file without a certificate, and then trusts no server. */
function certificatesIn(file: string): string {
  const pem = readSetting('VAULT_CACERT', file);
  if (!/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(pem)) {
    throw new ExplainedError(
      `VAULT_CACERT names ${file}, which holds no PEM certificate; give that of the CA, which begins with -----BEGIN CERTIFICATE-----`,
    );
  }
  return pem;
}

/** The file into which `vault login` and `bao login` write the token. */
function tokenFromHelperFile({ HOME, USERPROFILE }: NodeJS.ProcessEnv): string | undefined {
  const home = HOME ?? USERPROFILE;
  try {
    return home === undefined ? undefined : readFileSync(`${home}/.vault-token`, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
