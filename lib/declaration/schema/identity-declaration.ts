import { quotedList } from '#core';
import { z } from 'zod';
import { httpsUrl, path, strictObject, type Fields, type StrictObject } from './fields';
import { caCertificates, publicKey } from './pem';

/*
 * Identities that apps have already: a token of an issuer, or a certificate. Nobody carries a secret to such an app.
 */

const text = z.string().regex(/^[^\s\p{Cc}]+$/u, {
  error: ({ input }) => `must not be empty or have white space or control characters, got "${String(input)}"`,
});

/** Apps share a method if their settings of it are equal. */
const methodFields = {
  /**
   * Enable and configure the auth method at that path. False: it is enabled already, with these settings.
   * @default true
   */
  manageMethod: z.boolean().default(true),
};

const issuerFields = {
  ...methodFields,
  /** PEM of the CA of the issuer's server. @default - CAs that the server of Vault trusts */
  issuerCaPem: caCertificates.optional(),
};

const audience = text;

/** The whole value of a claim. White space inside counts; around it nobody would see it. */
const claimValue = z.string().regex(/^\S(?:.*\S)?$/, {
  error: ({ input }) => `must not be empty or have white space around it, got "${String(input)}"`,
});

const claims = z
  .record(z.string().min(1), z.union([claimValue, z.array(claimValue).min(1).readonly()]))
  .refine(
    (bound) =>
      Object.keys(bound).some((claim) => !['iss', 'aud', 'exp', 'nbf', 'iat'].includes(claim.replace(/^\//, ''))),
    {
      error:
        'must bind a claim that differs between the issuer\'s tokens, or any of them could log in; name one, like { sub: "..." }',
    },
  )
  // Terraform's provider joins several values by commas.
  .refine((bound) => isWhole(Object.values(bound)), {
    error:
      'must not have both a value with a comma and a claim with several values, because the comma would split the value; declare two apps',
  });

function isWhole(values: readonly (string | readonly string[])[]): boolean {
  return values.every((value) => [value].flat().length === 1) || !values.flat().some((value) => value.includes(','));
}

const jwt = strictObject({
  ...issuerFields,
  /** Path of the auth method of that issuer. @default "jwt" */
  path: path.default('jwt'),
  /** Claim `iss` of the tokens, to the letter. Its `/.well-known/openid-configuration` is below, unless public keys are given. */
  issuer: httpsUrl,
  /** PEM of the public keys that its tokens are signed with. @default - by discovery, at the issuer */
  publicKeys: z.array(publicKey).min(1).readonly().optional(),
  /** Claim `aud` of tokens for this Vault. */
  audience,
  /** Required claims, each with its value, or with values of which one is enough. */
  claims,
  /** Claim that names the app in Vault's audit log. @default "sub" */
  userClaim: text.default('sub'),
});

/** Audience that `webex-token` requests from GitHub by default. */
export const DEFAULT_AUDIENCE = 'webex-token-vault';

/** @see https://docs.github.com/en/actions/concepts/security/openid-connect */
const github = strictObject({
  ...issuerFields,
  /** Path of the auth method of GitHub Actions. @default "github-actions" */
  path: path.default('github-actions'),
  /** Repository, as `owner/name`. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, {
    error: ({ input }) => `must be a repository like "owner/name", got "${String(input)}"`,
  }),
  /** The only ref whose workflows may log in, such as `refs/heads/main`. */
  ref: z.string().regex(/^refs\/(?:heads|tags)\/\S+$/, {
    error: ({ input }) => `must be a whole ref like "refs/heads/main" or "refs/tags/v1", got "${String(input)}"`,
  }),
  /** The only deployment environment of the repository. @default - any, or none */
  environment: claimValue.optional(),
  /** @default "webex-token-vault" */
  audience: audience.default(DEFAULT_AUDIENCE),
  /** An Enterprise Server has `https://HOST/_services/token`. @default "https://token.actions.githubusercontent.com" */
  issuer: httpsUrl.default('https://token.actions.githubusercontent.com'),
});

/** @see https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
const gitlab = strictObject({
  ...issuerFields,
  /** Path of the auth method of that GitLab. @default "gitlab" */
  path: path.default('gitlab'),
  /** Project with its groups, as `group/project`. */
  project: z.string().regex(/^[\w.-]+(?:\/[\w.-]+)+$/, {
    error: ({ input }) => `must be a project with its group, like "group/project", got "${String(input)}"`,
  }),
  /** The only branch or tag whose jobs may log in, such as `main`. */
  ref: z.string().regex(/^(?!refs\/)\S+$/, {
    error: ({ input }) => `must be the name of a branch or a tag, like "main", got "${String(input)}"`,
  }),
  /** Kind of that ref. @default "branch" */
  refType: z.enum(['branch', 'tag']).default('branch'),
  /**
   * The ref must be protected, so not every developer may push to it. Before GitLab 18.2.2, a fork's merge request could have
   * the name of an unprotected ref. @default true
   */
  refProtected: z.boolean().default(true),
  /** @default "webex-token-vault" */
  audience: audience.default(DEFAULT_AUDIENCE),
  /** @default "https://gitlab.com" */
  issuer: httpsUrl.default('https://gitlab.com'),
});

const kubernetesName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, {
  error: ({ input }) => `must be one name of Kubernetes, not a pattern, got "${String(input)}"`,
});

const kubernetesNamespace = kubernetesName.regex(/^[^.]*$/, {
  error: ({ input }) => `must be a namespace of Kubernetes, which has no ".", got "${String(input)}"`,
});

const cluster = strictObject({
  /** Address of its API server, as Vault reaches it. */
  address: httpsUrl,
  /** PEM of the CA of its API server. */
  caPem: caCertificates,
});

const kubernetesIdentity = strictObject({
  ...methodFields,
  /** Path of the auth method of that cluster. @default "kubernetes" */
  path: path.default('kubernetes'),
  /**
   * The apps' cluster, if Vault does not run in it. Each token reviews itself then, so no reviewer's token is kept. The
   * service accounts need the cluster role `system:auth-delegator`.
   * @default - the cluster that Vault runs in: Vault's own service account reviews tokens and needs that role
   */
  cluster: cluster.optional(),
  serviceAccounts: z.array(kubernetesName).min(1, 'must name at least one service account').readonly(),
  namespaces: z.array(kubernetesNamespace).min(1, 'must name at least one namespace').readonly(),
  /**
   * Claim `aud` of the tokens. With `cluster`, a token reviews itself, so its audience must be the API server's, as in the
   * ordinary token of a pod.
   * @default "webex-token-vault"; required with `cluster`
   */
  audience: audience.optional(),
});

/** @see https://developer.hashicorp.com/vault/docs/auth/kubernetes#how-to-work-with-short-lived-kubernetes-tokens */
const kubernetes = kubernetesIdentity.refine((given) => given.cluster === undefined || given.audience !== undefined, {
  path: ['audience'],
  error:
    "must be the audience of the cluster's API server, because each token reviews itself; take claim aud of a pod's ordinary token, or leave cluster out if Vault runs in it",
});

const uri = z.string().refine((value) => /^[a-z][a-z0-9+.-]*:/i.test(value) && !value.includes('*'), {
  error: ({ input }) => `must be one whole URI, like "spiffe://example.org/people-me", got "${String(input)}"`,
});

const dnsName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i, {
  error: ({ input }) => `must be one DNS name, not a pattern, got "${String(input)}"`,
});

const certIdentity = strictObject({
  ...methodFields,
  /** Path of the auth method. @default "cert" */
  path: path.default('cert'),
  /** PEM of the CA that signs the certificates of clients. */
  caPem: caCertificates,
  /** URI names; the certificate must have one of them. @default - not required */
  uris: z.array(uri).min(1).readonly().optional(),
  /** DNS names; the certificate must have one of them. @default - not required */
  dnsNames: z.array(dnsName).min(1).readonly().optional(),
});

/** TLS has to end at Vault itself. @see https://developer.hashicorp.com/vault/docs/auth/cert */
const cert = certIdentity.refine(({ uris, dnsNames }) => uris !== undefined || dnsNames !== undefined, {
  error: 'must have uris or dnsNames, or each certificate of the CA could log in; name them',
});

const identityFields = {
  /** A token of an issuer that signs JWTs, such as an OIDC provider. */
  jwt: jwt.optional(),
  /** A job of GitHub Actions. */
  github: github.optional(),
  /** A job of GitLab CI. */
  gitlab: gitlab.optional(),
  /** A pod. */
  kubernetes: kubernetes.optional(),
  /** A program with a client certificate. */
  cert: cert.optional(),
};

export interface IdentityFields extends Fields<typeof identityFields> {}

/** Identity of an app: exactly one of them. */
export const identityDeclaration = (strictObject(identityFields) as StrictObject<IdentityFields>).superRefine(
  (identity, context) => {
    const kinds = Object.entries<unknown>(identity)
      .filter(([, value]) => value !== undefined)
      .map(([kind]) => kind);
    if (kinds.length !== 1) {
      const got = kinds.length === 0 ? 'none' : kinds.map((kind) => `"${kind}"`).join(' and ');
      context.addIssue(
        `must be one of ${quotedList(Object.keys(identityFields))}, got ${got}; an app that has two is two apps, each with its own role`,
      );
    }
  },
);

export type IdentityDeclaration = z.output<typeof identityDeclaration>;
