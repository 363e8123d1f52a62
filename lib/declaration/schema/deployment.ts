import { z } from 'zod';
import { appDeclaration, appRoleDeclaration } from './app-declaration';
import { type Credential, type CredentialDeclaration, credentialDeclaration } from './credential-declaration';
import { familiesOf, placedCredentials, writtenOut } from './credential-family';
import { credentialProblem } from './credential-problem';
import { engineDeclaration, recordsPathOf } from './engine-declaration';
import { path, strictObject, vaultUrl } from './fields';
import { integrationDeclaration } from './integration-declaration';
import { operatorsDeclaration } from './operators-declaration';
import { rules } from './rules';
import { keepsGrants, serverAddresses, serverDeclaration } from './server/server-declaration';
import { WEBEX_CLOUDS, type WebexCloudName, webexCloudAt, webexDeclaration } from './webex-declaration';

/*
 * The schema of `deployment.ts`, in the words of Vault, the plugin and OAuth. `defineDeployment` parses a declaration once.
 * All other code trusts a `Deployment`.
 *
 * The doc comment of each field is its text in docs/reference/declaration.md.
 */

type ServerDeclaration = z.output<typeof serverDeclaration>;

const vault = strictObject({
  /**
   * The server that stack `vault-server` runs. Field `mode` selects its kind.
   * @default - no server; `address` names an existing one
   * @example { mode: 'production', product: 'vault' }
   */
  server: serverDeclaration.optional(),
  /** Address of a server that exists. @default - the address of `server` @example 'https://vault.example.com:8200' */
  address: vaultUrl.optional(),
  /** Namespace of an existing server: Vault Enterprise, HCP Vault or OpenBao. @default - the root namespace @example 'collaboration' */
  namespace: path.optional(),
});

/** @see https://developer.hashicorp.com/terraform/language/backend */
const backend = strictObject({
  /** Type of the backend, as in Terraform's documentation. @example 's3' */
  type: z.string().min(1),
  /**
   * Settings of the backend, as in Terraform's documentation. In a text, `{stack}` becomes the name of the stack, and
   * `{deployment}` the name of the declaring file.
   * @default {}
   * @example { bucket: 'states', key: '{deployment}/{stack}.tfstate', region: 'eu-central-1' }
   */
  config: z
    .record(z.string(), z.unknown())
    .default({})
    .register(rules, { rule: '`{stack}` in a text, if `vault.server` is declared' }),
});

const declaration = strictObject({
  /**
   * The server that has the engine.
   * @example { address: 'https://vault.example.com:8200' }
   */
  vault: vault
    .refine(({ server, address }) => (server === undefined) !== (address === undefined) || isDerived(server, address), {
      error: 'must have either a server to run or the address of one that exists; give one of the two',
    })
    .register(rules, { rule: 'either `server` or `address`' }),
  /** Webex, for all integrations. @example { cloud: 'fedramp' } */
  webex: webexDeclaration.prefault({}),
  /** The engine. @example { mountPath: 'webex' } */
  engine: engineDeclaration.prefault({}),
  /** The auth method of apps without an identity of their own. @example { path: 'webex-apps' } */
  appRole: appRoleDeclaration.prefault({}),
  /**
   * Write the provisioner's policy. A provisioner may read its own policy but not change it. So an administrator applies
   * first, and again after each change of the policy.
   * @default - true; false with a production server, because `webex-token-vault init` writes the policy there
   * @example false
   */
  manageProvisioner: z.boolean().optional(),
  /** The OAuth clients of Webex. @example [{ name: 'people-bot', clientId: 'C0123' }] */
  integrations: z
    .array(integrationDeclaration)
    .min(1, 'must declare at least one integration')
    .register(rules, { rule: 'each `name` and each `vaultName` once' }),
  /** The grants. @example [{ name: 'people-me', integration: 'people-bot', scopes: ['spark:people_read'] }] */
  credentials: z
    .array(credentialDeclaration)
    .min(1, 'must declare at least one credential')
    .superRefine(requireCredentials)
    .register(rules, { rule: 'each `name` once' }),
  /** The programs that read access tokens. @default [] @example [{ name: 'report', reads: ['people-me'] }] */
  apps: z.array(appDeclaration).default([]).register(rules, { rule: 'each `name` and each `vaultName` once' }),
  /**
   * People who act as operators.
   * @default - operators log in by the AppRoles of `webex-token-vault init`
   * @example { oidc: { issuer: 'https://idp.example.com', clientId: 'vault', groups: { observer: ['on-call'] } } }
   */
  operators: operatorsDeclaration.optional(),
  /**
   * The Terraform backend, which keeps the states of both stacks.
   * @default - a local state beside the declaring file
   * @example { type: 's3', config: { bucket: 'states', key: '{deployment}/{stack}.tfstate', region: 'eu-central-1' } }
   */
  backend: backend.optional(),
});

function requireCredentials(credentials: readonly CredentialDeclaration[], context: z.core.$RefinementCtx): void {
  const problem = credentialProblem(credentials);
  if (problem !== undefined) {
    context.addIssue({ code: 'custom', ...problem, path: [...problem.path] });
  }
}

/** A defined deployment may be defined again. Its address is then the address of its server. */
function isDerived(server: ServerDeclaration | undefined, address: string | undefined): boolean {
  return server !== undefined && address === serverAddresses(server)[0];
}

export const deploymentSchema = declaration.transform(
  ({ vault: { server, ...existing }, engine, webex, ...declared }) => {
    const credentials = placedCredentials(declared.credentials).map(({ credential }) => credential);
    const families = familiesOf(credentials);
    return {
      ...declared,
      webex: { ...webex, ...cloudOf(webex) },
      engine: { ...engine, recordsPath: engine.recordsPath ?? recordsPathOf(engine.mountPath) },
      integrations: declared.integrations.map(inVault),
      credentials,
      apps: declared.apps.map((app) => inVault({ ...app, reads: writtenOut(app.reads, families) })),
      vault: { ...existing, ...(server && { server }), address: addressOf(server, existing.address) },
      manageProvisioner: declared.manageProvisioner ?? !keepsGrants(server),
    };
  },
);

/**
 * Names in Vault never change, because a grant refers to its integration by name, and a secret id to its role. So a renamed
 * integration or app keeps its first name in Vault, and its addresses in Terraform's state.
 */
function inVault<Named extends { readonly name: string; readonly vaultName?: string }>(
  declared: Named,
): InVault<Named> {
  return { ...declared, vaultName: declared.vaultName ?? declared.name };
}

function cloudOf({ cloud, apiUrl }: z.output<typeof webexDeclaration>): { cloud: WebexCloudName; apiUrl: string } {
  const known = cloud ?? webexCloudAt(apiUrl) ?? 'commercial';
  return { cloud: known, apiUrl: apiUrl ?? WEBEX_CLOUDS[known].apiUrl };
}

function addressOf(server: ServerDeclaration | undefined, address = ''): string {
  return server === undefined ? address : serverAddresses(server)[0];
}

export type DeploymentInput = z.input<typeof declaration>;
type Declared = z.output<typeof declaration>;
type InVault<Named> = Named & { readonly vaultName: string };
export type Integration = InVault<Declared['integrations'][number]>;
export type App = InVault<Declared['apps'][number]>;
export type Deployment = Omit<Declared, 'integrations' | 'credentials' | 'apps'> & {
  readonly integrations: Integration[];
  readonly credentials: Credential[];
  readonly apps: App[];
  readonly manageProvisioner: boolean;
  readonly vault: { readonly address: string };
  readonly engine: { readonly recordsPath: string };
  readonly webex: { readonly cloud: WebexCloudName; readonly apiUrl: string };
};
export type { Credential };
