import { isIP } from 'node:net';
import { z } from 'zod';
import { commandLine } from '#core';
import { name, path, seconds, strictObject, type Fields, type StrictObject } from './fields';
import { identityDeclaration } from './identity-declaration';

/** Where the AppRole auth method of those who run the server is mounted. */
export const OPERATORS_MOUNT = 'operators';

/**
 * How an AppRole method is tuned, so that whoever knows a role id, which is no secret, cannot keep its apps out by logins
 * that are refused. Nobody guesses a secret id of Vault's.
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
  /** Enable AppRole at that path; false: it is enabled already, and others use it too. @default true */
  manage: z.boolean().default(true),
};

export interface AppRoleFields extends Fields<typeof appRoleFields> {}

/** The auth method of the apps that have no identity of their own. */
export const appRoleDeclaration: StrictObject<AppRoleFields> = strictObject(appRoleFields);

/** A network, as Vault takes it: an IP address and the length of its prefix. */
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
  /** Name of its role, in lower case: Vault does not tell it from upper case there, in policies it does. */
  name: roleName,
  /**
   * Name of its role and of its policy in Vault. A renamed app keeps its first name here, for as long as it is declared:
   * role id and secret ids stay. @default - the name
   */
  vaultName: roleName.optional(),
  /** Lifetime of the Vault token of one login. @default 1200 */
  tokenTtlSeconds: seconds.default(1200),
  /** Longest life of that token, renewals included. @default 3600 */
  tokenMaxTtlSeconds: seconds.default(3600),
  /** Lifetime of a secret id; 0: no end. @default 7776000 (90 days) */
  secretIdTtlSeconds: seconds.default(90 * 24 * 3600),
  /** How many logins a secret id is good for; 0: any number. @default 0 */
  secretIdUses: z.int().nonnegative().default(0),
  /** Networks that may log in and use the token, as CIDR. @default - any */
  boundCidrs: z.array(cidr).readonly().default([]),
  /**
   * May issue itself a new secret id, with the lifetime and networks declared here, before its own ends. Whoever steals
   * one can then keep it alive too, until somebody destroys it: bind such an app to its networks. Refused where it has no end, or a limit of uses.
   * @default false
   */
  renewsSecretId: z.boolean().default(false),
  /** What it has already to log in with; what is said of secret ids is of no effect then. @default - AppRole: a secret id is issued to it */
  identity: identityDeclaration.optional(),
};

export interface AppSettingsFields extends Fields<typeof appFields> {}

export const appSettings: StrictObject<AppSettingsFields> = strictObject(appFields);

const declaredFields = {
  ...appFields,
  /** Names of the credentials whose access token the app may read. */
  reads: z.array(z.string()).min(1, 'must name at least one credential'),
};

export interface AppDeclarationFields extends Fields<typeof declaredFields> {}

/** A program that reads access tokens, as `deployment.ts` declares it. */
export const appDeclaration: StrictObject<AppDeclarationFields> = strictObject(declaredFields);

export type AppDeclaration = z.output<typeof appDeclaration>;
