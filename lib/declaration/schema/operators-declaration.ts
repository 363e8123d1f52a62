import { z } from 'zod';
import { described, httpsUrl, path, strictObject, type Fields, type StrictObject } from './fields';
import { caCertificates } from './pem';

/** Operators whose task people may do by OIDC. The others are for machines, or for the whole server. */
export const PEOPLE_OPERATORS = ['provisioner', 'authorizer', 'issuer', 'observer'] as const;
export type PeopleOperator = (typeof PEOPLE_OPERATORS)[number];

const text = z.string().min(1, 'must not be empty');
/** Terraform's provider trims it. */
const groupName = text.refine((name) => name === name.trim(), {
  error: ({ input }) => `must not have white space around it, got "${String(input)}"`,
});

const groupNames = z
  .array(groupName)
  .min(1, 'must name at least one group; leave the operator out if it has no group')
  .refine((names) => names.length === 1 || !names.some((name) => name.includes(',')), {
    error:
      'must not name several groups of which one has a comma, as Terraform would split its name; name that group alone, or rename it at the identity provider',
  })
  .readonly();

const groups = {
  /** Groups that may deploy stack `webex-tokens`. @default - nobody by OIDC */
  provisioner: groupNames.optional(),
  /** Groups that may consent. @default - nobody by OIDC */
  authorizer: groupNames.optional(),
  /** Groups that may issue secret ids. @default - nobody by OIDC */
  issuer: groupNames.optional(),
  /** Groups that may look, and so read every token. @default - nobody by OIDC */
  observer: groupNames.optional(),
};

export interface OperatorGroupsFields extends Fields<typeof groups> {}

const operatorGroups: StrictObject<OperatorGroupsFields> = strictObject(groups);

const redirectUrl = z.url({
  protocol: /^https?$/,
  error: ({ input }) => `must be an http or https URL, got ${described(input)}`,
});

const oidc = strictObject({
  /** Path of the auth method of people, as in `bao login -method=oidc -path=...`. @default "oidc" */
  path: path.default('oidc'),
  /** URL of the identity provider, to the letter. Its `/.well-known/openid-configuration` is below. */
  issuer: httpsUrl,
  /** PEM of the CA of its server. @default - CAs that the server of Vault trusts */
  issuerCaPem: caCertificates.optional(),
  /** Client id that is registered there for Vault. */
  clientId: text,
  /** Raise it when its client secret changes; the new one is written on the next deploy. @default 1 */
  clientSecretVersion: z.int().positive().default(1),
  /** Scopes beside `openid`. Many providers need one for groups. @default [] */
  scopes: z.array(text).readonly().default([]),
  /** Claim of the ID token that has the groups of a person. @default "groups" */
  groupsClaim: text.default('groups'),
  /** Claim that names the person in Vault's audit log. @default "sub" */
  userClaim: text.default('sub'),
  /** Names of the groups whose members may act as an operator. */
  groups: operatorGroups.refine((each) => Object.values<unknown>(each).some((names) => names !== undefined), {
    error: `must name the groups of at least one of ${PEOPLE_OPERATORS.map((name) => `"${name}"`).join(', ')}`,
  }),
  /**
   * Redirect URLs, as registered at the identity provider.
   * @default ["http://localhost:8250/oidc/callback"], where both `token --oidc` and `bao login` listen
   */
  redirectUrls: z.array(redirectUrl).min(1).readonly().default(['http://localhost:8250/oidc/callback']),
});

const operatorsFields = {
  /** People who log in by the identity provider of their organization. @default - operators log in by AppRole */
  oidc: oidc.optional(),
};

export interface OperatorsFields extends Fields<typeof operatorsFields> {}

/** People who run the deployment. The AppRoles of "webex-token-vault init" stay for machines. */
export const operatorsDeclaration: StrictObject<OperatorsFields> = strictObject(operatorsFields);

/** Name of the Terraform variable that carries the identity provider's client secret into the apply, as `TF_VAR_<name>`. */
export const OIDC_SECRET_VARIABLE = 'operators_oidc_client_secret';
