import { z } from 'zod';
import { appDeclaration, appRoleDeclaration } from './app-declaration';
import { credentialDeclaration } from './credential-declaration';
import { engineDeclaration, recordsPathOf } from './engine-declaration';
import { path, strictObject, vaultUrl } from './fields';
import { integrationDeclaration } from './integration-declaration';
import { operatorsDeclaration } from './operators-declaration';
import { keepsGrants, serverAddresses, serverDeclaration } from './server/server-declaration';
import { WEBEX_CLOUDS, type WebexCloudName, webexCloudAt, webexDeclaration } from './webex-declaration';

/*
 * The schema of `deployment.ts`, in the words of Vault, the plugin and OAuth. `defineDeployment` parses it once, and
 * everything else trusts a `Deployment`.
 */

type ServerDeclaration = z.output<typeof serverDeclaration>;

const vault = strictObject({
  server: serverDeclaration.optional(),
  address: vaultUrl.optional(),
  /** Vault Enterprise, HCP or OpenBao namespace of an existing server. @default - the root namespace */
  namespace: path.optional(),
});

const declaration = strictObject({
  /** Either a server that stack `vault-server` runs, or the address of one that exists. */
  vault: vault.refine(
    ({ server, address }) => (server === undefined) !== (address === undefined) || isDerived(server, address),
    {
      error: 'must have either a server to run or the address of one that exists; give one of the two',
    },
  ),
  webex: webexDeclaration.prefault({}),
  engine: engineDeclaration.prefault({}),
  appRole: appRoleDeclaration.prefault({}),
  /**
   * Write the provisioner's own policy. A provisioner may read it and not change it: an administrator applies first, and
   * again when the policy changes.
   * @default true; false with a server that keeps grants, where "webex-token-vault init" writes it
   */
  manageProvisioner: z.boolean().optional(),
  integrations: z.array(integrationDeclaration).min(1, 'must declare at least one integration'),
  credentials: z.array(credentialDeclaration).min(1, 'must declare at least one credential'),
  apps: z.array(appDeclaration).default([]),
  /** People who act as operators. @default - operators log in by the AppRoles of "webex-token-vault init" */
  operators: operatorsDeclaration.optional(),
  /**
   * Terraform backend: its type and its settings, as in Terraform's documentation. `{stack}` in a setting becomes the name
   * of the stack, `{deployment}` the name of the declaring file. @default - local state beside that file
   */
  backend: strictObject({ type: z.string().min(1), config: z.record(z.string(), z.unknown()).default({}) }).optional(),
});

/** A defined deployment may be defined again. It has the address of its server then. */
function isDerived(server: ServerDeclaration | undefined, address: string | undefined): boolean {
  return server !== undefined && address === serverAddresses(server)[0];
}

export const deploymentSchema = declaration.transform(
  ({ vault: { server, ...existing }, engine, webex, ...declared }) => ({
    ...declared,
    webex: { ...webex, ...cloudOf(webex) },
    engine: { ...engine, recordsPath: engine.recordsPath ?? recordsPathOf(engine.mountPath) },
    integrations: declared.integrations.map(inVault),
    apps: declared.apps.map(inVault),
    vault: { ...existing, ...(server && { server }), address: addressOf(server, existing.address) },
    manageProvisioner: declared.manageProvisioner ?? !keepsGrants(server),
  }),
);

/**
 * Names inside Vault stay: a grant knows its integration by name, and a secret id its role. A renamed integration or app
 * keeps its first name there, and its addresses in Terraform's state.
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
export type Deployment = Omit<Declared, 'integrations' | 'apps'> & {
  readonly integrations: Integration[];
  readonly apps: App[];
  readonly manageProvisioner: boolean;
  readonly vault: { readonly address: string };
  readonly engine: { readonly recordsPath: string };
  readonly webex: { readonly cloud: WebexCloudName; readonly apiUrl: string };
};
export type Credential = Deployment['credentials'][number];
