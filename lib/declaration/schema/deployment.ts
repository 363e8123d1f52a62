import { z } from 'zod';
import { ExplainedError, oneLine, quotedList, UsageError } from 'webex-token-client/core';
import { appDeclaration, appRolePath } from './app-declaration';
import { credentialDeclaration } from './credential-declaration';
import { engineDeclaration, recordsPathOf } from './engine-declaration';
import { path, strictObject, vaultUrl, type Fields, type StrictObject } from './fields';
import { healingPathOf } from './healing-path';
import { integrationDeclaration } from './integration-declaration';
import { loginProblem } from '../derived/logins';
import { OIDC_SECRET_VARIABLE, operatorsDeclaration } from './operators-declaration';
import { keepsGrants, serverAddresses, serverDeclaration } from './server/server-declaration';
import { serviceAppProblem } from './service-app';
import { vaultName, type Renamable } from './vault-name';
import { WEBEX_CLOUDS, webexCloudAt, type WebexCloudName } from './webex-cloud';
import { webexDeclaration } from './webex-declaration';

/*
 * The schema of `deployment.ts`: what is deployed, in Vault's, the plugin's and OAuth's words.
 * Parsed once, here; everything else takes a `Deployment` and trusts it. The constructs have their settings, with their
 * defaults, from the same schemas.
 */

type ServerDeclaration = z.output<typeof serverDeclaration>;

const vaultFields = {
  server: serverDeclaration.optional(),
  address: vaultUrl.optional(),
  /** Vault Enterprise, HCP or OpenBao namespace of an existing server. @default - the root namespace */
  namespace: path.optional(),
};

export interface VaultFields extends Fields<typeof vaultFields> {}

const vault: StrictObject<VaultFields> = strictObject(vaultFields);

const declaredFields = {
  /** Either a server that stack `vault-server` runs, or the address of one that exists. */
  vault: vault.refine(
    ({ server, address }) => (server === undefined) !== (address === undefined) || isDerived(server, address),
    {
      error: 'must have either a server to run or the address of one that exists; give one of the two',
    },
  ),
  webex: webexDeclaration.prefault({}),
  engine: engineDeclaration.prefault({}),
  /** Where the AppRole auth method of the apps is mounted. @default "approle" */
  appRolePath,
  /** Enable AppRole at that path; false where it is enabled already and others use it too. @default true */
  declareAppRole: z.boolean().default(true),
  /**
   * Declare the provisioner's own policy. A provisioner may read that policy, not write it: an administrator applies
   * first, and again when it changes. Set it to false where the policy is written elsewhere.
   * @default true; false with a server that keeps grants, where "webex-token-vault init" writes it
   */
  declareProvisioner: z.boolean().optional(),
  integrations: z.array(integrationDeclaration).min(1, 'must declare at least one integration'),
  credentials: z.array(credentialDeclaration).min(1, 'must declare at least one credential'),
  apps: z.array(appDeclaration).default([]),
  /** People who act as operators. @default - operators log in by the AppRoles of "webex-token-vault init" */
  operators: operatorsDeclaration.optional(),
  /**
   * Terraform backend: its type and its settings, as Terraform's own documentation names them. `{stack}` in a setting
   * becomes the name of the stack, `{deployment}` that of the file that declares it. @default - local state beside it
   */
  backend: strictObject({ type: z.string().min(1), config: z.record(z.string(), z.unknown()).default({}) }).optional(),
};

export interface DeclarationFields extends Fields<typeof declaredFields> {}

const declaration: StrictObject<DeclarationFields> = strictObject(declaredFields);

/** What is defined may be defined again: the address of the server is known by then. */
function isDerived(server: ServerDeclaration | undefined, address: string | undefined): boolean {
  return server !== undefined && address === serverAddresses(server)[0];
}

const schema = declaration.transform(({ vault: { server, ...existing }, engine, webex, ...declared }) => ({
  ...declared,
  webex: { ...webex, ...cloudOf(webex) },
  engine: { ...engine, recordsPath: engine.recordsPath ?? recordsPathOf(engine.mountPath) },
  vault: { ...existing, ...(server && { server }), address: addressOf(server, existing.address) },
  declareProvisioner: declared.declareProvisioner ?? !keepsGrants(server),
}));

function cloudOf({ cloud, apiUrl }: z.output<typeof webexDeclaration>): { cloud: WebexCloudName; apiUrl: string } {
  const known = cloud ?? webexCloudAt(apiUrl) ?? 'commercial';
  return { cloud: known, apiUrl: apiUrl ?? WEBEX_CLOUDS[known].apiUrl };
}

/** Where a server that is declared answers on this machine; `VAULT_ADDR` wins, where it is reached in another way. */
function addressOf(server: ServerDeclaration | undefined, address = ''): string {
  return server === undefined ? address : serverAddresses(server)[0];
}

export type DeploymentInput = z.input<typeof declaration>;
export type Deployment = z.output<typeof declaration> & {
  readonly declareProvisioner: boolean;
  /** With an address in any case. */
  readonly vault: { readonly address: string };
  readonly engine: { readonly recordsPath: string };
  readonly webex: { readonly cloud: WebexCloudName; readonly apiUrl: string };
};
export type Integration = Deployment['integrations'][number];
export type Credential = Deployment['credentials'][number];
export type App = Deployment['apps'][number];

/** With each of them `people/me` answers. */
const SCOPES_THAT_TELL_WHO: readonly [string, ...string[]] = [
  'spark:people_read',
  'spark-admin:people_read',
  'spark:all',
];

/** What is declared does not hold. */
export class InvalidDeployment extends ExplainedError {
  override name = 'InvalidDeployment';

  constructor(
    readonly problem: string,
    file = 'deployment.ts',
  ) {
    // It quotes what is declared, whatever that is.
    super(oneLine(`${file}: ${problem}`));
  }
}

/**
 * Validates what `deployment.ts` declares.
 *
 * @throws InvalidDeployment naming each field that is wrong, what it was and what to write instead.
 */
export function defineDeployment(input: DeploymentInput): Deployment {
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    const { issues } = parsed.error;
    // A field under a wrong name is missing under its own as well, which says nothing new.
    const unknown = issues.filter(({ code }) => code === 'unrecognized_keys');
    throw new InvalidDeployment((unknown.length > 0 ? unknown : issues).map(describeIssue).join('; '));
  }
  checkNames(parsed.data);
  checkOwners(parsed.data);
  checkAppSecrets(parsed.data);
  checkExpressions(parsed.data);
  checkCloud(parsed.data);
  checkClusters(parsed.data);
  const problem = serviceAppProblem(parsed.data.credentials) ?? loginProblem(parsed.data);
  if (problem !== undefined) {
    throw new InvalidDeployment(problem);
  }
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
    throw new UsageError(`unknown ${kind} "${name}"; the deployment declares ${names}`);
  }
  return found;
}

function checkNames(deployment: Deployment): void {
  for (const kind of ['integrations', 'credentials', 'apps'] as const) {
    const names = deployment[kind].map((entry) => entry.name);
    const twice = names[indexOfRepetition(names)];
    if (twice !== undefined) {
      throw new InvalidDeployment(`${kind} has the name "${twice}" twice; each name is used once`);
    }
  }
  checkPaths(deployment.engine);
  checkRenames('integration', deployment.integrations);
  checkRenames('app', deployment.apps);
  const variables = deployment.integrations.map((entry) => clientSecretVariable(entry.name));
  if (deployment.operators?.oidc !== undefined && variables.includes(OIDC_SECRET_VARIABLE)) {
    throw new InvalidDeployment(
      `integration "operators-oidc" shares its secret variable with operators.oidc; give it another name`,
    );
  }
  const clash = deployment.integrations[indexOfRepetition(variables)];
  if (clash !== undefined) {
    throw new InvalidDeployment(
      `integration "${clash.name}" shares its secret variable with another; names must differ in more than "-" and "_"`,
    );
  }
  const integrations = new Set(deployment.integrations.map(({ name }) => name));
  for (const { name, integration } of deployment.credentials) {
    knownOrThrow(`credential "${name}"`, 'integration', integration, integrations);
  }
  const credentials = new Set(deployment.credentials.map(({ name }) => name));
  for (const { name, reads } of deployment.apps) {
    for (const read of reads) {
      knownOrThrow(`app "${name}"`, 'credential', read, credentials);
    }
  }
}

/** Where the first of them is that was there before. @returns -1 where each is there once */
function indexOfRepetition(values: readonly string[]): number {
  const seen = new Set<string>();
  return values.findIndex((value) => seen.size === seen.add(value).size);
}

/** What is in Vault under one name is one thing, and nothing else is called so: else each would be taken for the other. */
function checkRenames(kind: string, declared: readonly Renamable[]): void {
  const calledNow = new Map(declared.map((each) => [each.name, each]));
  const calledOnce = new Map<string, Renamable[]>();
  const allRenamed = declared.filter(({ renamedFrom }) => renamedFrom !== undefined);
  for (const renamed of allRenamed) {
    calledOnce.set(vaultName(renamed), [...(calledOnce.get(vaultName(renamed)) ?? []), renamed]);
  }
  for (const renamed of allRenamed) {
    const [inVault, who] = [vaultName(renamed), `${kind} "${renamed.name}"`];
    const same = calledOnce.get(inVault)?.find((other) => other !== renamed);
    if (same !== undefined) {
      throw new InvalidDeployment(
        `${who} and ${kind} "${same.name}" are both renamedFrom "${inVault}", and Vault has only one of that name; leave it out of the other`,
      );
    }
    if ((calledNow.get(inVault) ?? renamed) !== renamed) {
      throw new InvalidDeployment(
        `${who} is renamedFrom "${inVault}", and another ${kind} is called so, while Vault has "${renamed.name}" under that name for good; call the other otherwise`,
      );
    }
  }
}

/** Mounts that each Vault has, which can be neither moved nor built upon. */
const OWN_MOUNTS: readonly string[] = ['audit', 'auth', 'cubbyhole', 'identity', 'sys'];

function checkPaths({ mountPath, movedFrom, adopt, recordsPath }: Deployment['engine']): void {
  for (const [field, path] of Object.entries({ mountPath, recordsPath, movedFrom })) {
    const [first = ''] = path?.split('/') ?? [];
    if (OWN_MOUNTS.includes(first)) {
      throw new InvalidDeployment(
        `engine.${field} must not be in "${first}/", which is Vault's own, got "${path}"; use another path`,
      );
    }
  }
  if (overlap(recordsPath, mountPath)) {
    throw new InvalidDeployment(
      `engine.recordsPath "${recordsPath}" and engine.mountPath "${mountPath}" must not lie within each other, as Vault mounts nothing below a mount; use "${recordsPathOf(mountPath)}"`,
    );
  }
  if (adopt && movedFrom !== undefined) {
    throw new InvalidDeployment(
      `engine.adopt takes over what is mounted at "${mountPath}", and engine.movedFrom moves what is at "${movedFrom}"; adopt it where it is, deploy, and move it then`,
    );
  }
  if (movedFrom === mountPath) {
    throw new InvalidDeployment(
      `engine.movedFrom must not be engine.mountPath, got "${mountPath}" for both; leave it out`,
    );
  }
  if (movedFrom !== undefined && overlap(movedFrom, mountPath)) {
    throw new InvalidDeployment(
      `engine.movedFrom "${movedFrom}" and engine.mountPath "${mountPath}" must not lie within each other, as Vault moves no mount so; move it by way of another path`,
    );
  }
  if (movedFrom !== undefined && overlap(movedFrom, recordsPath)) {
    throw new InvalidDeployment(
      `engine.movedFrom "${movedFrom}" and engine.recordsPath "${recordsPath}" must not lie within each other, as the records are mounted before the engine has moved away; use another recordsPath`,
    );
  }
  const healingPath = healingPathOf(mountPath);
  for (const [field, path] of Object.entries({ recordsPath, movedFrom })) {
    if (path !== undefined && overlap(path, healingPath)) {
      throw new InvalidDeployment(
        `engine.${field} must not be "${healingPath}", nor lie within it or around it, where client secrets are kept that healing needs, got "${path}"; use another path`,
      );
    }
  }
}

/** Whether they are one path, or one lies within the other. */
function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

/** Whose consent it was, Webex says only to who may ask: better now than once a person has consented. */
function checkOwners({ credentials }: Deployment): void {
  const unseen = credentials.find(
    ({ owner, scopes }) => owner !== undefined && !scopes.some((scope) => SCOPES_THAT_TELL_WHO.includes(scope)),
  );
  if (unseen !== undefined) {
    throw new InvalidDeployment(
      `credential "${unseen.name}" has an owner, and no scope lets Webex say whose account consented; add scope "${SCOPES_THAT_TELL_WHO[0]}" to it and to the integration, or leave the owner out`,
    );
  }
}

function checkAppSecrets({ apps }: Deployment): void {
  const bySecretId = apps.find(
    ({ identity, secretIdUses, renewsSecretId }) => identity !== undefined && (secretIdUses > 0 || renewsSecretId),
  );
  if (bySecretId !== undefined) {
    const field = bySecretId.renewsSecretId ? 'renewsSecretId' : 'secretIdUses';
    throw new InvalidDeployment(
      `app "${bySecretId.name}" has two identities: one of its own, and ${field} for a secret id; leave one of the two out`,
    );
  }
}

/**
 * What is declared is told to the letter: Terraform would put another text in the place of an expression. A reference of
 * CDKTF is for Terraform to look up, but not in what decides who may log in.
 */
function checkExpressions({ vault, apps, operators, ...others }: Deployment): void {
  // The values of a chart are escaped, as a shell's variables may be in them; a backend has settings of Terraform itself.
  const { address, namespace } = vault;
  const { webex, engine, integrations, credentials } = others;
  const logins = { apps, operators };
  const rest = { integrations, credentials, engine, webex, vault: { address, namespace } };
  const found = [
    ...Object.entries(logins).map(([field, value]) => [field, expressionIn(value, /[$%]\{[^"}]*\}?/)] as const),
    ...Object.entries(rest).map(
      ([field, value]) => [field, expressionIn(value, /[$%]\{(?!TfToken\[)[^"}]*\}?/)] as const,
    ),
  ];
  const [field, expression] = found.find(([, each]) => each !== undefined) ?? [];
  if (expression !== undefined) {
    throw new InvalidDeployment(
      `${field} must not have ${JSON.stringify(expression)} in it, which Terraform would put another text in the place of; write that text itself`,
    );
  }
}

function expressionIn(value: unknown, expression: RegExp): string | undefined {
  // In a list, since of nothing JSON is no text.
  return expression.exec(JSON.stringify([value]))?.[0];
}

/** Whoever has an account in one cloud has none in the other. */
function checkCloud({ webex: { cloud, apiUrl } }: Deployment): void {
  const other = webexCloudAt(apiUrl);
  if (other !== undefined && other !== cloud) {
    throw new InvalidDeployment(
      `webex.apiUrl "${apiUrl}" is that of cloud "${other}", got webex.cloud "${cloud}"; set cloud to "${other}", or leave apiUrl out`,
    );
  }
}

/** Where Vault runs in no cluster, none is its own. */
function checkClusters({ vault: { server }, apps }: Deployment): void {
  const lost = apps.find(
    ({ identity }) => identity?.kubernetes !== undefined && identity.kubernetes.cluster === undefined,
  );
  if (lost !== undefined && server !== undefined && server.mode !== 'kubernetes') {
    throw new InvalidDeployment(
      `app "${lost.name}" has identity.kubernetes without a cluster, so that it is the one that Vault runs in, and vault.server of mode "${server.mode}" runs in none; give cluster: { address, ca }, and as audience what its API server calls itself`,
    );
  }
}

function knownOrThrow(who: string, kind: string, name: string, known: ReadonlySet<string>): void {
  if (!known.has(name)) {
    throw new InvalidDeployment(`${who} names unknown ${kind} "${name}"; declared: ${quotedList([...known])}`);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${where.replace(/^\./, '') || 'deployment'} ${issue.message}`;
}
