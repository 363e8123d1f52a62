import { quotedList } from '#core';
import { z } from 'zod';
import { httpsUrl, path, strictObject, type Fields, type StrictObject } from './fields';
import { caCertificates, publicKey } from './pem';
import { METHOD_PATH_RULE, rules } from './rules';

/*
 * Identities that apps have already: a token of an issuer, or a certificate. An app with an identity needs no secret id.
 */

const text = z
  .string()
  .regex(/^(?:(?!\s)[!-~\xa1-\uffff])+$/, {
    error: ({ input }) => `must not be empty or have white space or control characters, got "${String(input)}"`,
  })
  .register(rules, { rule: 'not empty, without white space and control characters' });

/** Apps share an auth method if they declare equal settings for it. */
const methodFields = {
  /**
   * Enable and configure the auth method at `path`. False if it is enabled there already, with these settings.
   * @default true
   * @example false
   */
  manageMethod: z.boolean().default(true),
};

const issuerFields = {
  ...methodFields,
  /**
   * PEM of the CA that signed the certificate of the issuer's server.
   * @default - the CAs that the server of Vault trusts
   * @example readFileSync('issuer-ca.pem', 'utf8')
   */
  issuerCaPem: caCertificates.optional(),
};

/** Path of an auth method. Apps with equal settings may share it. */
function methodPath(byDefault: string): z.ZodDefault<z.ZodString> {
  return path.default(byDefault).register(rules, { rule: `${METHOD_PATH_RULE}; apps with equal settings share one` });
}

const audience = text;

/** The whole value of a claim. White space at an end would be hard to see. */
const claimValue = z
  .string()
  .regex(/^\S(?:.*\S)?$/, {
    error: ({ input }) => `must not be empty or have white space around it, got "${String(input)}"`,
  })
  .register(rules, { rule: 'not empty, without white space at either end' });

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
  // Terraform's provider joins several values with commas.
  .refine((bound) => isWhole(Object.values(bound)), {
    error:
      'must not have both a value with a comma and a claim with several values, because the comma would split the value; declare two apps',
  })
  .register(rules, {
    rule: 'at least one claim other than `iss`, `aud`, `exp`, `nbf` and `iat`; no value with a comma if a claim has several',
  });

function isWhole(values: readonly (string | readonly string[])[]): boolean {
  return values.every((value) => [value].flat().length === 1) || !values.flat().some((value) => value.includes(','));
}

const jwt = strictObject({
  ...issuerFields,
  /** Path of the auth method of the issuer. @default "jwt" @example 'jwt-ci' */
  path: methodPath('jwt'),
  /**
   * Claim `iss` of the tokens, letter by letter. Without `publicKeys`, its `/.well-known/openid-configuration` must exist.
   * @example 'https://idp.example.com'
   */
  issuer: httpsUrl,
  /**
   * PEM of each public key that verifies the tokens.
   * @default - Vault discovers the keys at the issuer
   * @example [readFileSync('issuer-key.pem', 'utf8')]
   */
  publicKeys: z.array(publicKey).min(1).readonly().optional(),
  /** Claim `aud` of the tokens. @example 'webex-token-vault' */
  audience,
  /** Required claims. Each has its value, or a list of accepted values. @example { sub: 'report' } */
  claims,
  /** Claim that names the app in Vault's audit log. @default "sub" @example 'client_id' */
  userClaim: text.default('sub'),
});

/** Audience that `webex-token` requests from GitHub by default. */
export const DEFAULT_AUDIENCE = 'webex-token-vault';

/** @see https://docs.github.com/en/actions/concepts/security/openid-connect */
const github = strictObject({
  ...issuerFields,
  /** Path of the auth method of GitHub Actions. @default "github-actions" @example 'ghes-actions' */
  path: methodPath('github-actions'),
  /** Repository with its owner. @example 'example/report' */
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, {
      error: ({ input }) => `must be a repository like "owner/name", got "${String(input)}"`,
    })
    .register(rules, { rule: '`owner/name`' }),
  /** The only ref whose workflows may log in. @example 'refs/heads/main' */
  ref: z
    .string()
    .regex(/^refs\/(?:heads|tags)\/\S+$/, {
      error: ({ input }) => `must be a whole ref like "refs/heads/main" or "refs/tags/v1", got "${String(input)}"`,
    })
    .register(rules, { rule: 'a whole ref: `refs/heads/...` or `refs/tags/...`' }),
  /** The only deployment environment of the repository that may log in. @default - any or none @example 'production' */
  environment: claimValue.optional(),
  /** Claim `aud` of the tokens. @default "webex-token-vault" @example 'https://vault.example.com' */
  audience: audience.default(DEFAULT_AUDIENCE),
  /**
   * Claim `iss` of the tokens. A GitHub Enterprise Server has `https://HOST/_services/token`.
   * @default "https://token.actions.githubusercontent.com"
   * @example 'https://github.example.com/_services/token'
   */
  issuer: httpsUrl.default('https://token.actions.githubusercontent.com'),
});

/** @see https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
const gitlab = strictObject({
  ...issuerFields,
  /** Path of the auth method of GitLab. @default "gitlab" @example 'gitlab-internal' */
  path: methodPath('gitlab'),
  /** Project with its groups. @example 'example/report' */
  project: z
    .string()
    .regex(/^[\w.-]+(?:\/[\w.-]+)+$/, {
      error: ({ input }) => `must be a project with its group, like "group/project", got "${String(input)}"`,
    })
    .register(rules, { rule: '`group/project`; groups may be nested' }),
  /** The only branch or tag whose jobs may log in. @example 'main' */
  ref: z
    .string()
    .regex(/^(?!refs\/)\S+$/, {
      error: ({ input }) => `must be the name of a branch or a tag, like "main", got "${String(input)}"`,
    })
    .register(rules, { rule: 'a name without `refs/`' }),
  /** Kind of `ref`. @default "branch" @example 'tag' */
  refType: z.enum(['branch', 'tag']).default('branch'),
  /**
   * The ref must be protected. Not every developer may push to a protected ref. Before GitLab 18.2.2, a merge request of a fork
   * could have the name of an unprotected ref.
   * @default true
   * @example false
   */
  refProtected: z.boolean().default(true),
  /** Claim `aud` of the tokens. @default "webex-token-vault" @example 'https://vault.example.com' */
  audience: audience.default(DEFAULT_AUDIENCE),
  /** Claim `iss` of the tokens: the URL of GitLab. @default "https://gitlab.com" @example 'https://gitlab.example.com' */
  issuer: httpsUrl.default('https://gitlab.com'),
});

const kubernetesName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, {
    error: ({ input }) => `must be one name of Kubernetes, not a pattern, got "${String(input)}"`,
  })
  .register(rules, { rule: 'one name of Kubernetes, not a pattern' });

const kubernetesNamespace = kubernetesName
  .regex(/^[^.]*$/, {
    error: ({ input }) => `must be a namespace of Kubernetes, which has no ".", got "${String(input)}"`,
  })
  .register(rules, { rule: 'one namespace of Kubernetes, not a pattern' });

const cluster = strictObject({
  /** Address of the API server, as Vault reaches it. @example 'https://cluster.example.com:6443' */
  address: httpsUrl,
  /** PEM of the CA that signed the API server's certificate. @example readFileSync('cluster-ca.pem', 'utf8') */
  caPem: caCertificates,
});

const kubernetesIdentity = strictObject({
  ...methodFields,
  /** Path of the auth method of the cluster. @default "kubernetes" @example 'kubernetes-east' */
  path: methodPath('kubernetes'),
  /**
   * Cluster of the app, if Vault does not run in it. Each token then reviews itself, so Vault keeps no reviewer's token. The
   * service accounts need the cluster role `system:auth-delegator`.
   * @default - the cluster that Vault runs in: Vault's own service account reviews tokens and needs that role
   * @example { address: 'https://cluster.example.com:6443', caPem: readFileSync('cluster-ca.pem', 'utf8') }
   */
  cluster: cluster.optional().register(rules, { rule: 'required if `vault.server` runs outside of Kubernetes' }),
  /** Service accounts whose pods may log in. @example ['report'] */
  serviceAccounts: z.array(kubernetesName).min(1, 'must name at least one service account').readonly(),
  /** Namespaces of the service accounts. @example ['reports'] */
  namespaces: z.array(kubernetesNamespace).min(1, 'must name at least one namespace').readonly(),
  /**
   * Claim `aud` of the tokens. With `cluster`, a token reviews itself. Its audience must then be the API server's, as in the
   * ordinary token of a pod.
   * @default - "webex-token-vault" without `cluster`
   * @example 'https://kubernetes.default.svc.cluster.local'
   */
  audience: audience.optional().register(rules, { rule: 'required with `cluster`' }),
});

/** @see https://developer.hashicorp.com/vault/docs/auth/kubernetes#how-to-work-with-short-lived-kubernetes-tokens */
const kubernetes = kubernetesIdentity
  .refine((given) => given.cluster === undefined || given.audience !== undefined, {
    path: ['audience'],
    error:
      "must be the API server's audience, because each token reviews itself; take claim aud of a pod's ordinary token, or leave cluster out if Vault runs in it",
  })
  .register(rules, { rule: '`audience` is required with `cluster`' });

const uri = z
  .string()
  .refine((value) => /^[a-z][a-z0-9+.-]*:/i.test(value) && !value.includes('*'), {
    error: ({ input }) => `must be one whole URI, like "spiffe://example.org/people-me", got "${String(input)}"`,
  })
  .register(rules, { rule: 'one whole URI, not a pattern' });

const dnsName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i, {
    error: ({ input }) => `must be one DNS name, not a pattern, got "${String(input)}"`,
  })
  .register(rules, { rule: 'one DNS name, not a pattern' });

const certIdentity = strictObject({
  ...methodFields,
  /** Path of the auth method. @default "cert" @example 'mesh-cert' */
  path: methodPath('cert'),
  /** PEM of the CA that signs the client certificates. @example readFileSync('clients-ca.pem', 'utf8') */
  caPem: caCertificates,
  /** Accepted URI names. The client certificate must have one of them. @default - any @example ['spiffe://example.org/report'] */
  uris: z.array(uri).min(1).readonly().optional().register(rules, { rule: 'required without `dnsNames`' }),
  /** Accepted DNS names. The client certificate must have one of them. @default - any @example ['report.example.org'] */
  dnsNames: z.array(dnsName).min(1).readonly().optional().register(rules, { rule: 'required without `uris`' }),
});

/** Vault itself must terminate TLS. @see https://developer.hashicorp.com/vault/docs/auth/cert */
const cert = certIdentity
  .refine(({ uris, dnsNames }) => uris !== undefined || dnsNames !== undefined, {
    error: 'must have uris or dnsNames, or each certificate of the CA could log in; name them',
  })
  .register(rules, { rule: '`uris` or `dnsNames`, or both' });

const identityFields = {
  /**
   * The app has a token of an issuer that signs JWTs, such as an OIDC provider.
   * @default - none
   * @example { issuer: 'https://idp.example.com', audience: 'webex-token-vault', claims: { sub: 'report' } }
   */
  jwt: jwt.optional(),
  /** The app is a job of GitHub Actions. @default - none @example { repository: 'example/report', ref: 'refs/heads/main' } */
  github: github.optional(),
  /** The app is a job of GitLab CI. @default - none @example { project: 'example/report', ref: 'main' } */
  gitlab: gitlab.optional(),
  /** The app is a pod. @default - none @example { serviceAccounts: ['report'], namespaces: ['reports'] } */
  kubernetes: kubernetes.optional(),
  /**
   * The app has a client certificate. Vault itself must terminate TLS.
   * @default - none
   * @example { caPem: readFileSync('clients-ca.pem', 'utf8'), uris: ['spiffe://example.org/report'] }
   */
  cert: cert.optional(),
};

export interface IdentityFields extends Fields<typeof identityFields> {}

/** Identity of an app. It has exactly one kind. */
export const identityDeclaration = (strictObject(identityFields) as StrictObject<IdentityFields>)
  .superRefine((identity, context) => {
    const kinds = Object.entries<unknown>(identity)
      .filter(([, value]) => value !== undefined)
      .map(([kind]) => kind);
    if (kinds.length !== 1) {
      const got = kinds.length === 0 ? 'none' : kinds.map((kind) => `"${kind}"`).join(' and ');
      context.addIssue(
        `must be one of ${quotedList(Object.keys(identityFields))}, got ${got}; declare an app of its own for each identity`,
      );
    }
  })
  .register(rules, { rule: 'exactly one of its fields' });

export type IdentityDeclaration = z.output<typeof identityDeclaration>;
