import { z } from 'zod';
import { described, httpsUrl, path, strictObject, type Fields, type StrictObject } from './fields';
import { caCertificates } from './pem';
import { METHOD_PATH_RULE, rules } from './rules';

/** Operators that people may act as by OIDC. The other operators are for machines, or administer the whole server. */
export const PEOPLE_OPERATORS = ['provisioner', 'authorizer', 'issuer', 'observer'] as const;
export type PeopleOperator = (typeof PEOPLE_OPERATORS)[number];

const text = z.string().min(1, 'must not be empty');
/** Terraform's provider trims the name, so white space around it would name another group. */
const groupName = text
  .refine((name) => name === name.trim(), {
    error: ({ input }) => `must not have white space around it, got "${String(input)}"`,
  })
  .register(rules, { rule: 'no white space at either end' });

const groupNames = z
  .array(groupName)
  .min(1, 'must name at least one group; leave the operator out if it has no group')
  .refine((names) => names.length === 1 || !names.some((name) => name.includes(',')), {
    error:
      'must not name several groups if the name of one has a comma, because Terraform would split it; name that group alone, or rename it at the identity provider',
  })
  .readonly()
  .register(rules, { rule: 'a name with a comma is the only name' });

const groups = {
  /** Groups that may deploy stack `webex-tokens`. @default - nobody by OIDC @example ['platform'] */
  provisioner: groupNames.optional(),
  /** Groups that may authorize: their members give and replace grants. @default - nobody by OIDC @example ['collaboration'] */
  authorizer: groupNames.optional(),
  /** Groups that may issue secret ids to apps. @default - nobody by OIDC @example ['platform'] */
  issuer: groupNames.optional(),
  /** Groups that may observe the grants. They can read every access token. @default - nobody by OIDC @example ['on-call'] */
  observer: groupNames.optional(),
};

export interface OperatorGroupsFields extends Fields<typeof groups> {}

const operatorGroups: StrictObject<OperatorGroupsFields> = strictObject(groups);

const redirectUrl = z.url({
  protocol: /^https?$/,
  error: ({ input }) => `must be an http or https URL, got ${described(input)}`,
});

const oidc = strictObject({
  /** Path of the auth method, as in `bao login -method=oidc -path=...`. @default "oidc" @example 'staff' */
  path: path.default('oidc').register(rules, { rule: METHOD_PATH_RULE }),
  /**
   * Issuer URL of the identity provider, letter by letter. Its `/.well-known/openid-configuration` must exist.
   * @example 'https://idp.example.com'
   */
  issuer: httpsUrl,
  /**
   * PEM of the CA that signed the identity provider's certificate.
   * @default - the CAs that the server trusts
   * @example readFileSync('idp-ca.pem', 'utf8')
   */
  issuerCaPem: caCertificates.optional(),
  /** Client id of Vault at the identity provider. @example 'vault' */
  clientId: text,
  /** Version of the client secret. Raise it if the secret changes. The next deploy writes the new secret. @default 1 @example 2 */
  clientSecretVersion: z.int().positive().default(1),
  /** Scopes in addition to `openid`. Many identity providers need a scope for groups. @default [] @example ['groups'] */
  scopes: z.array(text).readonly().default([]),
  /** Claim of the ID token that has the groups of a person. @default "groups" @example 'roles' */
  groupsClaim: text.default('groups'),
  /** Claim that names the person in Vault's audit log. @default "sub" @example 'email' */
  userClaim: text.default('sub'),
  /** Groups whose members may act as an operator, by operator. @example { authorizer: ['collaboration'] } */
  groups: operatorGroups
    .refine((each) => Object.values<unknown>(each).some((names) => names !== undefined), {
      error: `must name the groups of at least one of ${PEOPLE_OPERATORS.map((name) => `"${name}"`).join(', ')}`,
    })
    .register(rules, { rule: 'groups of at least one operator' }),
  /**
   * Redirect URLs, as registered at the identity provider. The commands `token --oidc` and `bao login` both listen at the
   * default.
   * @default ["http://localhost:8250/oidc/callback"]
   * @example ['http://localhost:8250/oidc/callback', 'https://vault.example.com:8200/ui/vault/auth/oidc/oidc/callback']
   */
  redirectUrls: z.array(redirectUrl).min(1).readonly().default(['http://localhost:8250/oidc/callback']),
});

const operatorsFields = {
  /**
   * People log in by the identity provider of their organization.
   * @default - operators log in by AppRole
   * @example { issuer: 'https://idp.example.com', clientId: 'vault', groups: { observer: ['on-call'] } }
   */
  oidc: oidc.optional(),
};

export interface OperatorsFields extends Fields<typeof operatorsFields> {}

/** People who act as operators. Machines use the AppRoles of "webex-token-vault init". */
export const operatorsDeclaration: StrictObject<OperatorsFields> = strictObject(operatorsFields);

/** Name of the Terraform variable that passes the identity provider's client secret to the apply, as `TF_VAR_<name>`. */
export const OIDC_SECRET_VARIABLE = 'operators_oidc_client_secret';
