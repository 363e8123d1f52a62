import { readFileSync } from 'node:fs';
import { errorCode, ExplainedError } from '../explained-error';
import { refusePlainHttp } from '../http/plain-http';
import { oneLine } from '../safe-text';
import type { VaultConnectionOptions } from './vault-connection';

/** What `VAULT_ALLOW_HTTP` means, for `--help`. */
export const ALLOW_HTTP = '"true": plain HTTP to another machine is allowed, as in a service mesh that encrypts';

/** For `--help` of every command that talks to Vault. */
export const VAULT_ENVIRONMENT: Readonly<Record<string, string>> = {
  VAULT_ADDR: 'address of Vault or OpenBao',
  VAULT_TOKEN: 'Vault token, never an empty one; default: the one in ~/.vault-token',
  VAULT_CACERT: "PEM file of the CA that signed the server's certificate",
  VAULT_NAMESPACE: 'Vault namespace',
  VAULT_ALLOW_HTTP: ALLOW_HTTP,
  'BAO_...': 'each of them in its OpenBao form, which wins',
};

/** An environment variable in its Vault or its OpenBao form; the OpenBao form wins, as it does in `bao`. */
export function vaultVariable(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env[`BAO_${name}`] || env[`VAULT_${name}`] || undefined;
}

/** @throws ExplainedError where it is neither "true" nor "false" */
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
 * The address, namespace, CA and token that the `vault` and `bao` commands would use.
 *
 * @param declared used where the environment says nothing
 * @throws ExplainedError where there is no address, or one of them is unusable
 */
export function vaultOptionsFromEnvironment(
  declared: { address?: string; namespace?: string } = {},
  env: NodeJS.ProcessEnv = process.env,
): VaultConnectionOptions {
  return { ...vaultServerFromEnvironment(declared, env), token: tokenFromEnvironment(env) };
}

/** As {@link vaultOptionsFromEnvironment}, for those who need no token of the environment: they log in themselves. */
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
  // What is no URL is repeated in the message below.
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
    refusePlainHttp(address, `use https in ${setting}, or set VAULT_ALLOW_HTTP=true where a service mesh encrypts`);
  }
  const caFile = vaultVariable('CACERT', env);
  return {
    // Without the slashes at its end, so that paths can be put behind it.
    address: address.replace(/\/+$/, ''),
    allowHttp,
    namespace: vaultVariable('NAMESPACE', env) ?? declared.namespace,
    ca: caFile === undefined ? undefined : certificatesIn(caFile),
  };
}

/**
 * An empty variable is what a login that failed leaves behind: the token that lies at hand, perhaps root's, is not what
 * was meant.
 */
function tokenFromEnvironment(env: NodeJS.ProcessEnv): string | undefined {
  const empty = ['BAO_TOKEN', 'VAULT_TOKEN'].find((name) => env[name] === '');
  if (empty !== undefined) {
    throw new ExplainedError(
      `${empty} is set but empty, as a login that failed leaves it, and no other token is taken in its place; set it to a token, or unset it`,
    );
  }
  return vaultVariable('TOKEN', env) ?? tokenFromHelperFile(env);
}

/** Reads a file that a setting names. @throws ExplainedError naming the setting */
export function readSetting(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ExplainedError(
      `${setting} names ${file}, which cannot be read (${errorCode(error)}); check the path and its permissions`,
    );
  }
}

/** Node takes whatever else a file holds for a CA that signed nothing. */
function certificatesIn(file: string): string {
  const pem = readSetting('VAULT_CACERT', file);
  if (!/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(pem)) {
    throw new ExplainedError(
      `VAULT_CACERT names ${file}, which holds no PEM certificate; give that of the CA, which begins with -----BEGIN CERTIFICATE-----`,
    );
  }
  return pem;
}

/** Where `vault login` and `bao login` leave the token. */
function tokenFromHelperFile({ HOME, USERPROFILE }: NodeJS.ProcessEnv): string | undefined {
  const home = HOME ?? USERPROFILE;
  try {
    return home === undefined ? undefined : readFileSync(`${home}/.vault-token`, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
