import { isIP } from 'node:net';
import { z } from 'zod';
import { commandLine } from '#core';
import { name, path, seconds, strictObject, type Fields, type StrictObject } from './fields';
import { identityDeclaration } from './identity-declaration';

/** Path of the operators' AppRole auth method. */
export const OPERATORS_MOUNT = 'operators';

/**
 * Tuning of an AppRole method. A role id is no secret: with a lockout, anybody could lock an app out by refused logins.
 * A secret id cannot be guessed.
 *
 * @see https://openbao.org/docs/concepts/user-lockout/
 */
export const NO_LOCKOUT = { lockout_disable: true } as const;

/** Default path of the AppRole auth method of the apps. */
export const APPROLE_PATH = 'approle';

const appRoleFields = {
  /** Path of the AppRole auth method of the apps. @default "approle" */
  path: path
    .refine((value) => value !== OPERATORS_MOUNT, {
      error: () =>
        `must not be "${OPERATORS_MOUNT}": an app with the name of an operator would overwrite the role that "${commandLine('init')}" has there; use another path`,
    })
    .default(APPROLE_PATH),
  /** Enable AppRole at that path. False: it is enabled already, and others use it too. @default true */
  manage: z.boolean().default(true),
};

export interface AppRoleFields extends Fields<typeof appRoleFields> {}

/** The auth method of apps without an identity of their own. */
export const appRoleDeclaration: StrictObject<AppRoleFields> = strictObject(appRoleFields);

const cidr = z.string().superRefine((value, context) => {
  const [address = '', prefix, ...more] = value.split('/');
  const version = isIP(address);
  const longest = version === 6 ? 128 : 32;
  const example = version === 6 ? `${address}/64` : '10.0.0.0/24';
  if (version !== 0 && prefix === undefined) {
    context.addIssue(`must be a CIDR, got "${value}"; write "${value}/${longest}"`);
  } else if (version === 0 || more.length > 0 || !/^\d{1,3}$/.test(prefix ?? '')) {
    context.addIssue(`must be a CIDR, got "${value}"; write it like "${example}"`);
  } else if (Number(prefix) > longest) {
    context.addIssue(`must have a prefix of 0 to ${longest}, got "${value}"; write it like "${example}"`);
  }
});

const roleName = name.regex(/^[^A-Z]*$/, {
  error: ({ input }) => `must be in lower case, got "${String(input)}"; use "${String(input).toLowerCase()}"`,
});

/** @see https://developer.hashicorp.com/vault/api-docs/auth/approle for the role's settings */
const appFields = {
  /** Name of its role, in lower case: Vault ignores case in names of roles, and not in policies. */
  name: roleName,
  /**
   * Name of its role and of its policy in Vault. A renamed app keeps its first name here, and with it its role id and its
   * secret ids. @default - the name
   */
  vaultName: roleName.optional(),
  /** Lifetime of the Vault token of one login. @default 1200 */
  tokenTtlSeconds: seconds.default(1200),
  /** Longest life of that token, renewals included. @default 3600 */
  tokenMaxTtlSeconds: seconds.default(3600),
  /** Lifetime of a secret id; 0: it never expires. @default 7776000 (90 days) */
  secretIdTtlSeconds: seconds.default(90 * 24 * 3600),
  /** How many logins a secret id is good for; 0: any number. @default 0 */
  secretIdUses: z.int().nonnegative().default(0),
  /** Networks that may log in and use the token, as CIDR. @default - any */
  boundCidrs: z.array(cidr).readonly().default([]),
  /**
   * The app may issue itself a new secret id, with the declared lifetime and networks, before its own expires. A thief can do
   * the same until somebody destroys the secret id, so bind the app to its networks. It needs a lifetime and no limit of uses.
   * @default false
   */
  renewsSecretId: z.boolean().default(false),
  /** Identity that the app has already. Settings of secret ids have no effect then. @default - AppRole: a secret id is issued to it */
  identity: identityDeclaration.optional(),
  /** Names of the credentials whose access token the app may read. */
  reads: z.array(z.string()).min(1, 'must name at least one credential'),
};

export interface AppDeclarationFields extends Fields<typeof appFields> {}

/** A program that reads access tokens. */
export const appDeclaration: StrictObject<AppDeclarationFields> = strictObject(appFields);

export type AppDeclaration = z.output<typeof appDeclaration>;
