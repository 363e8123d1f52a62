import { z } from 'zod';
import { described, httpsUrl, path, strictObject, type Fields, type StrictObject } from './fields';
import { caCertificates } from './pem';

/** Those whose task a person may do under an identity of the organization's; the others are for machines, or the whole server. */
export const PEOPLE_OPERATORS = ['provisioner', 'authorizer', 'issuer', 'observer'] as const;
export type PeopleOperator = (typeof PEOPLE_OPERATORS)[number];

const text = z.string().min(1, 'must not be empty');
/** Terraform's provider takes white space around it away. */
const groupName = text.refine((name) => name === name.trim(), {
  error: ({ input }) => `must not have white space around it, got "${String(input)}"`,
});

const groupNames = z
  .array(groupName)
  .min(1, 'must name at least one group; leave the operator out where nobody is to be it')
  .refine((names) => names.length === 1 || !names.some((name) => name.includes(',')), {
    error:
      'must not name several groups of which one has a comma, as Terraform takes that for the end of a name; name that group alone, or have the identity provider call it otherwise',
  })
  .readonly();

const groups = {
  /** Who may deploy stack `webex-tokens`. @default - nobody by OIDC */
  provisioner: groupNames.optional(),
  /** Who may consent. @default - nobody by OIDC */
  authorizer: groupNames.optional(),
  /** Who may issue secret ids. @default - nobody by OIDC */
  issuer: groupNames.optional(),
  /** Who may look, and so read every token. @default - nobody by OIDC */
  observer: groupNames.optional(),
};

export interface OperatorGroupsFields extends Fields<typeof groups> {}

const operatorGroups: StrictObject<OperatorGroupsFields> = strictObject(groups);

const redirectUrl = z.url({
  protocol: /^https?$/,
  error: ({ input }) => `must be an http or https URL, got ${described(input)}`,
});

const oidc = strictObject({
  /** Where the auth method of people is mounted, as `bao login -method=oidc -path=...` names it. @default "oidc" */
  path: path.default('oidc'),
  /** Of the identity provider: where its `/.well-known/openid-configuration` is, to the letter. */
  issuer: httpsUrl,
  /** PEM of the CA of its server. @default - those that the server of Vault trusts */
  issuerCaPem: caCertificates.optional(),
  /** Of the client that is registered there for Vault. */
  clientId: text,
  /** Raise it when its client secret changes; the new one is written on the next deploy. @default 1 */
  clientSecretVersion: z.int().positive().default(1),
  /** Scopes that are asked for beside `openid`; many providers want one for groups. @default [] */
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
   * Where the identity provider may send the browser back to: what is registered there.
   * @default ["http://localhost:8250/oidc/callback"], which both "login --oidc" and `bao login` listen on
   */
  redirectUrls: z.array(redirectUrl).min(1).readonly().default(['http://localhost:8250/oidc/callback']),
});

const operatorsFields = {
  /** People who log in by the identity provider of their organization. @default - operators log in by AppRole */
  oidc: oidc.optional(),
};

export interface OperatorsFields extends Fields<typeof operatorsFields> {}

/** Those who run the deployment, beside the AppRoles of "webex-token-vault init", which stay for machines. */
export const operatorsDeclaration: StrictObject<OperatorsFields> = strictObject(operatorsFields);

/** Name of the Terraform variable that carries the identity provider's client secret into the apply, as `TF_VAR_<name>`. */
export const OIDC_SECRET_VARIABLE = 'operators_oidc_client_secret';
