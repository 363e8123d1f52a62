import { isIP } from 'node:net';
import { z } from 'zod';
import { ALLOW_RULE_NOTATION, allowRuleProblem, commandLine } from '#core';
import { name, path, seconds, strictObject, type Fields, type StrictObject } from './fields';
import { identityDeclaration } from './identity-declaration';
import { METHOD_PATH_RULE, rules } from './rules';

/** Path of the operators' AppRole auth method. */
export const OPERATORS_MOUNT = 'operators';

/**
 * Tuning of an AppRole method. A role id is no secret, so with a lockout anybody could lock an app out by failed logins. A
 * lockout protects nothing, because nobody can guess a secret id.
 *
 * @see https://openbao.org/docs/concepts/user-lockout/
 */
export const NO_LOCKOUT = { lockout_disable: true } as const;

/** Default path of the AppRole auth method of the apps. */
export const APPROLE_PATH = 'approle';

const appRoleFields = {
  /** Path of the AppRole auth method of the apps. @default "approle" @example 'webex-apps' */
  path: path
    .refine((value) => value !== OPERATORS_MOUNT, {
      error: () =>
        `must not be "${OPERATORS_MOUNT}": an app with the name of an operator would overwrite the role that "${commandLine('init')}" has there; use another path`,
    })
    .default(APPROLE_PATH)
    .register(rules, { rule: `not "${OPERATORS_MOUNT}"; ${METHOD_PATH_RULE}` }),
  /** Enable AppRole at `path`. False if AppRole is enabled there already and others use it too. @default true @example false */
  manage: z.boolean().default(true),
};

export interface AppRoleFields extends Fields<typeof appRoleFields> {}

/** The auth method of apps without an identity of their own. */
export const appRoleDeclaration: StrictObject<AppRoleFields> = strictObject(appRoleFields);

const cidr = z.string().superRefine(requireCidr).register(rules, { rule: 'a CIDR, such as "10.0.0.0/24"' });

function requireCidr(value: string, context: z.core.$RefinementCtx): void {
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
}

const allowRule = z.string().superRefine(requireAllowRule).register(rules, { rule: ALLOW_RULE_NOTATION });

function requireAllowRule(value: string, context: z.core.$RefinementCtx): void {
  const problem = allowRuleProblem(value);
  if (problem !== undefined) {
    context.addIssue(problem);
  }
}

const roleName = name
  .regex(/^[^A-Z]*$/, {
    error: ({ input }) => `must be in lower case, got "${String(input)}"; use "${String(input).toLowerCase()}"`,
  })
  .register(rules, { rule: 'lower-case letters, digits, "-" or "_"; a letter or a digit comes first' });

/** @see https://developer.hashicorp.com/vault/api-docs/auth/approle for the role's settings */
const appFields = {
  /**
   * Name of the app and of its role. It is in lower case, because Vault ignores case in names of roles, but not in policies.
   * @example 'report'
   */
  name: roleName,
  /**
   * Name of the app's role and policy in Vault. A renamed app keeps its first name here, so its role id and its secret ids
   * stay valid.
   * @default - `name`
   * @example 'reports'
   */
  vaultName: roleName.optional(),
  /** Lifetime of the Vault token of one login. @default 1200 @example 600 */
  tokenTtlSeconds: seconds.default(1200).register(rules, { rule: 'at most `tokenMaxTtlSeconds`' }),
  /** Longest lifetime of that Vault token, including renewals. @default 3600 @example 7200 */
  tokenMaxTtlSeconds: seconds.default(3600),
  /** Lifetime of a secret id. With 0, it never expires. @default 7776000 (90 days) @example 2592000 */
  secretIdTtlSeconds: seconds.default(90 * 24 * 3600).register(rules, { rule: 'not 0 with `renewsSecretId`' }),
  /** Number of logins that a secret id allows. 0 allows any number. @default 0 @example 1 */
  secretIdUses: z.int().nonnegative().default(0).register(rules, { rule: '0 with `identity` or `renewsSecretId`' }),
  /** Networks that may log in and use the Vault token. @default [] (any network) @example ['10.0.0.0/24'] */
  boundCidrs: z.array(cidr).readonly().default([]),
  /**
   * The app may issue itself a new secret id before its own expires. The new one has the declared lifetime and networks. A thief
   * of the secret id can do the same until somebody destroys it, so set `boundCidrs` too.
   * @default false
   * @example true
   */
  renewsSecretId: z
    .boolean()
    .default(false)
    .register(rules, { rule: 'not with `identity`, `secretIdUses` or `secretIdTtlSeconds: 0`' }),
  /**
   * Identity that the app has already. Settings of secret ids then have no effect.
   * @default - AppRole: an operator issues a secret id to the app
   * @example { github: { repository: 'example/report', ref: 'refs/heads/main' } }
   */
  identity: identityDeclaration.optional(),
  /** Names of the credentials whose access tokens the app may read. @example ['people-me'] */
  reads: z
    .array(z.string())
    .min(1, 'must name at least one credential')
    .register(rules, { rule: 'names of declared credentials' }),
  /**
   * Requests that `webex-token proxy` forwards for the app. The commands `issue` and `kubernetes` hand the rules on as
   * `WEBEX_ALLOW`. They are no right in Vault, so a program that reads the token itself is not bound, and a change needs no
   * deploy. Letter case counts in paths, and `GET` does not include `HEAD`.
   * @default - every request
   * @example ['GET /v1/people/*', 'POST /v1/messages']
   */
  allow: z
    .array(allowRule)
    .min(1, 'must have at least one rule, got []; leave the field out to allow every request')
    .readonly()
    .optional(),
};

export interface AppDeclarationFields extends Fields<typeof appFields> {}

/** A program that reads access tokens. */
export const appDeclaration: StrictObject<AppDeclarationFields> = strictObject(appFields);

export type AppDeclaration = z.output<typeof appDeclaration>;
