import { z } from 'zod';
import { ExplainedError, quotedList, UsageError } from 'webex-token-client/explained-error';
import { rehearsedDeployment } from './rehearsal';
import { serverDeclaration } from './server-declaration';

/*
 * The schema of `deployment.ts`: what is deployed, in Vault's, the plugin's and OAuth's words.
 * Parsed once, here; everything else takes a `Deployment` and trusts it.
 */

/** Loopback hosts: a redirect URL elsewhere would send the authorization code over a network. */
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** What Vault takes in a path segment and Terraform in an id, without escaping in either. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, {
  error: ({ input }) => `must be letters, digits, "-" or "_", got "${String(input)}"; rename it`,
});

const path = z.string().superRefine((value, context) => {
  const trimmed = value.replace(/^\/+|\/+$/g, '');
  if (value === '' || value !== trimmed) {
    const problem = value.startsWith('/') ? 'must not start with "/"' : 'must not be empty or end with "/"';
    context.addIssue(`${problem}, got "${value}"; use "${trimmed || 'oauthapp'}"`);
  } else if (!/^[A-Za-z0-9_/-]+$/.test(value)) {
    context.addIssue(`must be letters, digits, "-", "_" or "/", got "${value}"; rename it`);
  }
});

const httpUrl = z.string().superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    context.addIssue(`must be an http or https URL, got "${value}"; write it like "https://host.example"`);
  }
});

const redirectUrl = z.string().superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' || !LOOPBACK_HOSTS.includes(url.hostname) || url.search || url.hash || url.username) {
    context.addIssue(
      `must be a loopback http URL, got "${value}"; register one like "http://localhost:5000/auth" and use it here`,
    );
  }
});

const scope = z.string().regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/, {
  error: ({ input }) => `must be one OAuth scope, got "${String(input)}"; list each scope on its own`,
});

const seconds = z.int({ error: 'must be a whole number of seconds' }).nonnegative();

const integration = z.strictObject({
  name,
  /** Client ID of the Webex Integration. Needed by the stack, not by the scripts. */
  clientId: z.string().min(1, 'must not be empty').optional(),
  /** Raise it when the client secret changes at Webex; the new one is written on the next deploy. @default 1 */
  clientSecretVersion: z.int().positive().default(1),
  /** As registered at Webex: loopback http, its port and path are where `authorize` listens. */
  redirectUrl,
});

const credential = z.strictObject({
  name,
  /** Name of the integration that the grant belongs to. */
  integration: z.string(),
  scopes: z.array(scope).min(1, 'must name at least one scope; add one, like "spark:people_read"'),
  /** Email of the only account whose consent is accepted. @default - any account */
  owner: z.email({ error: ({ input }) => `must be an email address, got "${String(input)}"` }).optional(),
});

const app = z.strictObject({
  /** In lower case: AppRole does not tell it from upper case, policies do. */
  name: name.regex(/^[^A-Z]*$/, {
    error: ({ input }) => `must be in lower case, got "${String(input)}"; use "${String(input).toLowerCase()}"`,
  }),
  /** Names of the credentials whose access token the app may read. */
  reads: z.array(z.string()).min(1, 'must name at least one credential'),
  /** Lifetime of the Vault token of one login. @default 1200 */
  tokenTtlSeconds: seconds.default(1200),
  /** Longest life of that token, renewals included. @default 3600 */
  tokenMaxTtlSeconds: seconds.default(3600),
  /** Lifetime of a secret id; 0: no end. @default 7776000 (90 days) */
  secretIdTtlSeconds: seconds.default(90 * 24 * 3600),
  /** How many logins a secret id is good for; 0: any number. @default 0 */
  secretIdUses: z.int().nonnegative().default(0),
  /** Networks that may log in and use the token, as CIDR. @default - any */
  boundCidrs: z
    .array(
      z.string().regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/, {
        error: ({ input }) => `must be a CIDR, got "${String(input)}"; write "${String(input)}/32"`,
      }),
    )
    .default([]),
});

const plugin = z.strictObject({
  /**
   * Name in the plugin catalog, and type of the mount: another name later is another mount, without the grants.
   * @default "oauthapp"
   */
  name: name.default('oauthapp'),
  /** Write the catalog entry; false where someone else does, as above a namespace. @default true */
  register: z.boolean().default(true),
  /** The plugin binary on this machine, to compute its sha256 and to mount it into the container. @default - none: give `sha256` */
  path: z.string().optional(),
  /** Hex sha256 of the binary on the server. @default - computed from `path` */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"` })
    .optional(),
  /** File name of the binary in the server's plugin directory. @default - the file name of `path`, else the name */
  command: z.string().min(1).optional(),
});

const engine = z.strictObject({
  /**
   * Where the engine is mounted. Changed later, the mount moves with its grants, and the client secrets have to be
   * given again. @default "oauthapp"
   */
  mountPath: path.default('oauthapp'),
  plugin: plugin.prefault({}),
  /** How long before its expiry an access token is refreshed. @default 604800 (7 days) */
  refreshAheadSeconds: seconds.default(7 * 24 * 3600),
  /** How often the engine looks for tokens to refresh; 0: only when read. @default 3600 */
  refreshCheckIntervalSeconds: seconds.default(3600),
  /** How long the engine waits for Webex; 0: no end. @default 30 */
  providerTimeoutSeconds: seconds.default(30),
  /** The wait grows by this factor for a token that is about to expire; at least 1. @default 1.5 */
  providerTimeoutExpiryLeewayFactor: z.number().min(1, 'must be at least 1').default(1.5),
  /** Integration that a request means when it names none. @default - none */
  defaultServer: z.string().optional(),
  /**
   * How often the engine deletes grants that it holds for dead; 0: never. What it deletes, only a person can give
   * again. @default 0
   */
  reapCheckIntervalSeconds: seconds.default(0),
  /** Only log what reaping would delete. @default false */
  reapDryRun: z.boolean().default(false),
  /** Delete a grant without refresh token this long after its expiry; 0: never. @default 86400 */
  reapNonRefreshableSeconds: seconds.default(86400),
  /** Delete a grant that Webex refuses this long after its expiry; 0: never. @default 3600 */
  reapRevokedSeconds: seconds.default(3600),
  /** Failed refreshes before a grant may be deleted for them; 0: never deleted for them. @default 10 */
  reapTransientErrorAttempts: z.int().nonnegative().default(10),
  /** Delete a grant whose refresh keeps failing this long after its expiry; 0: never. @default 86400 */
  reapTransientErrorSeconds: seconds.default(86400),
  /** Delete a grant whose integration is gone this long after its expiry; 0: never. @default 86400 */
  reapServerDeletedSeconds: seconds.default(86400),
});

const declaration = z.strictObject({
  /** Either a server that stack `vault-server` runs, or the address of one that exists. */
  vault: z
    .strictObject({
      server: serverDeclaration.optional(),
      address: httpUrl.optional(),
      /** Vault Enterprise, HCP or OpenBao namespace of an existing server. @default - the root namespace */
      namespace: path.optional(),
    })
    .refine((vault) => (vault.server === undefined) !== (vault.address === undefined), {
      error: 'must have either a server to run or the address of one that exists; give one of the two',
    }),
  webex: z
    .strictObject({
      /** @default "https://webexapis.com/v1" */
      apiUrl: httpUrl.default('https://webexapis.com/v1'),
    })
    .prefault({}),
  engine: engine.prefault({}),
  /** Where the AppRole auth method of the apps is mounted. @default "approle" */
  appRolePath: path.default('approle'),
  /** Enable AppRole at that path; false where it is enabled already and others use it too. @default true */
  declareAppRole: z.boolean().default(true),
  /**
   * Declare the provisioner's own policy. A provisioner may read that policy, not write it: an administrator applies
   * first, and again when it changes. Set it to false where the policy is written elsewhere.
   * @default true; false with a production server, where "npx webex-token-vault init" writes it
   */
  declareProvisioner: z.boolean().optional(),
  integrations: z.array(integration).min(1, 'must declare at least one integration'),
  credentials: z.array(credential).min(1, 'must declare at least one credential'),
  apps: z.array(app).default([]),
  /**
   * Terraform backend: its type and its settings, as Terraform's own documentation names them. `{stack}` in a setting
   * becomes the name of the stack. @default - local state, in this folder
   */
  backend: z
    .strictObject({ type: z.string().min(1), config: z.record(z.string(), z.unknown()).default({}) })
    .optional(),
});

const schema = declaration.transform((declared) => ({
  ...declared,
  declareProvisioner: declared.declareProvisioner ?? declared.vault.server?.mode !== 'production',
}));

export type DeploymentInput = z.input<typeof schema>;
export type Deployment = z.output<typeof schema>;
export type Integration = Deployment['integrations'][number];
export type Credential = Deployment['credentials'][number];
export type App = Deployment['apps'][number];

/** What is declared does not hold. */
export class InvalidDeployment extends ExplainedError {
  override name = 'InvalidDeployment';

  constructor(
    readonly problem: string,
    file = 'deployment.ts',
  ) {
    super(`${file}: ${problem}`);
  }
}

/**
 * Validates what `deployment.ts` declares.
 *
 * @throws InvalidDeployment naming each field that is wrong, what it was and what to write instead.
 */
export function defineDeployment(input: DeploymentInput, env: NodeJS.ProcessEnv = process.env): Deployment {
  const parsed = schema.safeParse(rehearsedDeployment(env) ?? input);
  if (!parsed.success) {
    throw new InvalidDeployment(parsed.error.issues.map(describeIssue).join('; '));
  }
  checkNames(parsed.data);
  return parsed.data;
}

/** @throws ExplainedError naming the known integrations. */
export function findIntegration(deployment: Deployment, name: string): Integration {
  return find('integration', deployment.integrations, name);
}

/** @throws ExplainedError naming the known credentials. */
export function findCredential(deployment: Deployment, name: string): Credential {
  return find('credential', deployment.credentials, name);
}

/** @throws ExplainedError naming the known apps. */
export function findApp(deployment: Deployment, name: string): App {
  return find('app', deployment.apps, name);
}

/**
 * Name of the Terraform variable that carries an integration's client secret into the apply.
 * Set it as `TF_VAR_<name>`.
 */
export function clientSecretVariable(integrationName: string): string {
  return `${integrationName.replaceAll('-', '_')}_client_secret`;
}

function find<T extends { name: string }>(kind: string, known: readonly T[], name: string): T {
  const found = known.find((candidate) => candidate.name === name);
  if (!found) {
    const names = quotedList(known.map((candidate) => candidate.name));
    throw new UsageError(`unknown ${kind} "${name}"; deployment.ts declares ${names}`);
  }
  return found;
}

function checkNames(deployment: Deployment): void {
  for (const kind of ['integrations', 'credentials', 'apps'] as const) {
    const names = deployment[kind].map((entry) => entry.name);
    const twice = names.find((entry, index) => names.indexOf(entry) !== index);
    if (twice !== undefined) {
      throw new InvalidDeployment(`${kind} has the name "${twice}" twice; each name is used once`);
    }
  }
  const variables = deployment.integrations.map((entry) => clientSecretVariable(entry.name));
  const clash = deployment.integrations.find((_, index) => variables.indexOf(variables[index] ?? '') !== index);
  if (clash) {
    throw new InvalidDeployment(
      `integration "${clash.name}" shares its secret variable with another; names must differ in more than "-" and "_"`,
    );
  }
  for (const { name, integration } of deployment.credentials) {
    knownOrThrow(`credential "${name}"`, 'integration', integration, deployment.integrations);
  }
  for (const { name, reads } of deployment.apps) {
    for (const read of reads) {
      knownOrThrow(`app "${name}"`, 'credential', read, deployment.credentials);
    }
  }
}

function knownOrThrow(who: string, kind: string, name: string, known: readonly { name: string }[]): void {
  if (!known.some((candidate) => candidate.name === name)) {
    const names = quotedList(known.map((candidate) => candidate.name));
    throw new InvalidDeployment(`${who} names unknown ${kind} "${name}"; declared: ${names}`);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${where.replace(/^\./, '') || 'deployment'} ${issue.message}`;
}
