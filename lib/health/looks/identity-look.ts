import { VaultResponseError } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import type { IdentityLogin } from '../../declaration/derived/app-login';
import { fieldsReply, mountsReply } from '../../vault/replies';
import { undefinedIfMissing, type VaultClient } from '../../vault/vault-client';
import { lineOf, type SecretIdLine } from '../report';
import { lineOrRefusal } from './vault-refusal';

/*
 * Apps with an identity of their own. Vault stores nothing for them that expires. The look checks that the role exists
 * and has the declared conditions.
 */

type Role = Readonly<Record<string, unknown>>;

/** A look as the observer. @returns undefined if there is no such role; @throws VaultUnreachableError */
export async function lookAtIdentity(
  vault: VaultClient,
  name: string,
  login: IdentityLogin,
  rolePath: string,
): Promise<SecretIdLine | undefined> {
  const next = deployCommand();
  return lineOrRefusal({ name, what: 'its role' }, async () => {
    const role = await vault.read(rolePath, fieldsReply).catch(undefinedIfMissing);
    if (role === undefined) {
      // Vault answers 404 also if there is no such method.
      const detail = `auth method "${login.path}" has no configuration, so nothing can log in by it: a deploy failed, probably because Vault did not reach its issuer or cluster`;
      return (await isUnconfigured(vault, login)) ? lineOf(name, 'none', 'broken', detail, next) : undefined;
    }
    const other = asked(login).filter(([field, declared]) => !isSame(role.data[field], declared));
    const fields = other.map(([field]) => field).join(' and ');
    return other.length === 0
      ? lineOf(name, 'good', 'healthy', `it logs in by ${login.type}, without a secret id`)
      : lineOf(name, 'unknown', 'attention', `${rolePath} differs from the declaration in ${fields}`, next);
  });
}

/** Whether the method is mounted and was never configured. */
async function isUnconfigured(vault: VaultClient, { type, path }: IdentityLogin): Promise<boolean> {
  if (type === 'cert') {
    return false;
  }
  try {
    const { data } = await vault.read('sys/auth', mountsReply);
    if (`${path}/` in data) {
      await vault.read(`auth/${path}/config`);
    }
    return false;
  } catch (error) {
    if (error instanceof VaultResponseError) {
      // Vault never answers 404 to the list of methods, so a 404 means that the configuration is missing.
      return error.statusCode === 404;
    }
    throw error;
  }
}

/** Declared conditions of a login, by Vault's field names. */
function asked(login: IdentityLogin): [field: keyof Role, declared: unknown][] {
  switch (login.type) {
    case 'jwt':
      return [
        ['bound_audiences', [login.audience]],
        ['bound_claims', login.boundClaims],
      ];
    case 'kubernetes':
      return [
        ['bound_service_account_names', login.serviceAccounts],
        ['bound_service_account_namespaces', login.namespaces],
        ['audience', login.audience],
      ];
    case 'cert':
      return [
        ['certificate', login.caPem.trim()],
        ['allowed_uri_sans', login.uris],
        ['allowed_dns_sans', login.dnsNames],
      ];
  }
}

/**
 * Equality of fields. Lists may differ in their order, as Terraform keeps them. A claim of one value may be that value
 * or a list of one.
 */
function isSame(found: unknown, declared: unknown): boolean {
  if (typeof declared === 'string') {
    return typeof found === 'string' && found.trim() === declared;
  }
  if (Array.isArray(declared)) {
    const values = (found ?? []) === '' ? [] : [found ?? []].flat().map(String);
    return values.length === declared.length && declared.every((value) => values.includes(String(value)));
  }
  const [expected, actual] = [declared as Role, (found ?? {}) as Role];
  return (
    Object.keys(actual).length === Object.keys(expected).length &&
    Object.entries(expected).every(([claim, values]) => isSame(actual[claim], values))
  );
}
