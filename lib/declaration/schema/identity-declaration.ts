import { z } from 'zod';
import { httpsUrl, path, strictObject, type Fields, type StrictObject } from './fields';
import { caCertificates, publicKey } from './pem';

/*
 * What apps log in with that have an identity already, so that nobody carries a secret to them: a token that somebody
 * else vouches for, or a certificate.
 */

const text = z.string().regex(/^[^\s\p{Cc}]+$/u, {
  error: ({ input }) => `must not be empty or have white space or control characters, got "${String(input)}"`,
});

/** Of the method: it may be shared by apps whose settings of the method are the same. */
const methodFields = {
  /**
   * Enable the auth method at that path and configure it; false: somebody else has, as these settings say.
   * @default true
   */
  manageMethod: z.boolean().default(true),
};

const issuerFields = {
  ...methodFields,
  /** PEM of the CA of the issuer's server. @default - those that the server of Vault trusts */
  issuerCaPem: caCertificates.optional(),
};

const audience = text;

/** What a claim has to be, whole: white space in it counts, around it nobody would see it. */
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
        'must bind a claim that tells one of the issuer\'s tokens from another, else any of them could log in; name one, like { sub: "..." }',
    },
  )
  // Terraform's provider hands several values on in one text, with commas between them.
  .refine((bound) => !hasComma(bound) || Object.values(bound).every((value) => [value].flat().length === 1), {
    error:
      'must not have both a value with a comma and a claim with several values, as the comma would make two values of one; make two apps of it',
  });

function hasComma(bound: Readonly<Record<string, string | readonly string[]>>): boolean {
  return Object.values(bound)
    .flat()
    .some((value) => value.includes(','));
}

const jwt = strictObject({
  ...issuerFields,
  /** Where the auth method of that issuer is mounted. @default "jwt" */
  path: path.default('jwt'),
  /** Claim `iss` of the tokens, to the letter: https, and where its `/.well-known/openid-configuration` is, unless public keys are given. */
  issuer: httpsUrl,
  /** PEM of the public keys that its tokens are signed with. @default - by discovery, at the issuer */
  publicKeys: z.array(publicKey).min(1).readonly().optional(),
  /** Claim `aud`: made for this Vault, not for something else. */
  audience,
  /** Claims that must be there, each with its value, or the values of which one is enough. */
  claims,
  /** Claim that names the app in Vault's audit log. @default "sub" */
  userClaim: text.default('sub'),
});

/** What `webex-token` asks GitHub for by default. */
export const DEFAULT_AUDIENCE = 'webex-token-vault';

/** @see https://docs.github.com/en/actions/concepts/security/openid-connect */
const github = strictObject({
  ...issuerFields,
  /** Where the auth method of GitHub Actions is mounted. @default "github-actions" */
  path: path.default('github-actions'),
  /** As in `owner/name`. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, {
    error: ({ input }) => `must be a repository like "owner/name", got "${String(input)}"`,
  }),
  /** The only ref whose workflows may log in, such as `refs/heads/main`. */
  ref: z.string().regex(/^refs\/(?:heads|tags)\/\S+$/, {
    error: ({ input }) => `must be a whole ref like "refs/heads/main" or "refs/tags/v1", got "${String(input)}"`,
  }),
  /** The only deployment environment of the repository, with its protection rules. @default - any, and none */
  environment: claimValue.optional(),
  /** @default "webex-token-vault" */
  audience: audience.default(DEFAULT_AUDIENCE),
  /** That of an Enterprise Server is `https://HOST/_services/token`. @default "https://token.actions.githubusercontent.com" */
  issuer: httpsUrl.default('https://token.actions.githubusercontent.com'),
});

/** @see https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
const gitlab = strictObject({
  ...issuerFields,
  /** Where the auth method of that GitLab is mounted. @default "gitlab" */
  path: path.default('gitlab'),
  /** With its groups, as in `group/project`. */
  project: z.string().regex(/^[\w.-]+(?:\/[\w.-]+)+$/, {
    error: ({ input }) => `must be a project with its group, like "group/project", got "${String(input)}"`,
  }),
  /** The only branch or tag whose jobs may log in, such as `main`. */
  ref: z.string().regex(/^(?!refs\/)\S+$/, {
    error: ({ input }) => `must be the name of a branch or a tag, like "main", got "${String(input)}"`,
  }),
  /** Which of the two that is. @default "branch" */
  refType: z.enum(['branch', 'tag']).default('branch'),
  /**
   * The ref has to be a protected one, which not every developer may push to; before GitLab 18.2.2 a fork's merge request
   * could have the name of the ref otherwise. @default true
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

/** A label, without a dot. */
const kubernetesNamespace = kubernetesName.regex(/^[^.]*$/, {
  error: ({ input }) => `must be a namespace of Kubernetes, which has no ".", got "${String(input)}"`,
});

const cluster = strictObject({
  /** Of its API server, as Vault reaches it. */
  address: httpsUrl,
  /** PEM of the CA of its API server. */
  caPem: caCertificates,
});

const kubernetesIdentity = strictObject({
  ...methodFields,
  /** Where the auth method of that cluster is mounted. @default "kubernetes" */
  path: path.default('kubernetes'),
  /**
   * The cluster, where Vault runs in none, or in another one. Vault has the login's own token reviewed by itself then, so
   * that no reviewer's token has to be kept: the service accounts need the cluster role `system:auth-delegator`.
   * @default - the cluster that Vault runs in: it asks as its own service account, which needs that role alone
   */
  cluster: cluster.optional(),
  /** By name. */
  serviceAccounts: z.array(kubernetesName).min(1, 'must name at least one service account').readonly(),
  /** By name. */
  namespaces: z.array(kubernetesNamespace).min(1, 'must name at least one namespace').readonly(),
  /**
   * Claim `aud` of the tokens. With `cluster`, each is reviewed by itself, so it has to be one for the API server, too: of
   * the ordinary token of a pod, that is all that it has, and what is declared here.
   * @default "webex-token-vault", for Vault alone; of another cluster it has to be given
   */
  audience: audience.optional(),
});

/** @see https://developer.hashicorp.com/vault/docs/auth/kubernetes#how-to-work-with-short-lived-kubernetes-tokens */
const kubernetes = kubernetesIdentity.refine((given) => given.cluster === undefined || given.audience !== undefined, {
  path: ['audience'],
  error:
    "must be what the API server of the cluster calls itself, since each token is reviewed by itself; take claim aud of a pod's ordinary token, or leave cluster out where Vault runs in it",
});

const uri = z.string().refine((value) => /^[a-z][a-z0-9+.-]*:/i.test(value) && !value.includes('*'), {
  error: ({ input }) => `must be one whole URI, like "spiffe://example.org/people-me", got "${String(input)}"`,
});

const dnsName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i, {
  error: ({ input }) => `must be one DNS name, not a pattern, got "${String(input)}"`,
});

const certIdentity = strictObject({
  ...methodFields,
  /** Where the auth method is mounted. @default "cert" */
  path: path.default('cert'),
  /** PEM of the CA that signs the certificates of clients. */
  caPem: caCertificates,
  /** The URI names that a certificate may have, of which one is enough. @default - not asked for */
  uris: z.array(uri).min(1).readonly().optional(),
  /** The DNS names that a certificate may have, of which one is enough. @default - not asked for */
  dnsNames: z.array(dnsName).min(1).readonly().optional(),
});

/** TLS has to end at Vault itself. @see https://developer.hashicorp.com/vault/docs/auth/cert */
const cert = certIdentity.refine(({ uris, dnsNames }) => uris !== undefined || dnsNames !== undefined, {
  error: 'must have uris or dnsNames, else each certificate of the CA could log in; name them',
});

/** Each by itself, for its defaults. */
export const IDENTITY_KINDS = { jwt, github, gitlab, kubernetes: kubernetesIdentity, cert: certIdentity } as const;

const identityFields = {
  /** A token of some issuer that signs JWTs, as those of OIDC do. */
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

/** What an app has already to log in with; one of them. */
export const identityDeclaration = (strictObject(identityFields) as StrictObject<IdentityFields>).superRefine(
  (identity, context) => {
    const kinds = Object.entries<unknown>(identity)
      .filter(([, value]) => value !== undefined)
      .map(([kind]) => kind);
    if (kinds.length !== 1) {
      const got = kinds.length === 0 ? 'none' : kinds.map((kind) => `"${kind}"`).join(' and ');
      context.addIssue(
        `must be one of ${Object.keys(identityFields)
          .map((kind) => `"${kind}"`)
          .join(', ')}, got ${got}; an app that has two is two apps, each with its own role`,
      );
    }
  },
);

export type IdentityDeclaration = z.output<typeof identityDeclaration>;
