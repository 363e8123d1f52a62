import type { Deployment } from '../schema/deployment';
import { OIDC_SECRET_VARIABLE } from '../schema/operators-declaration';
import { nameInVault } from '../schema/vault-name';

/** A client secret that goes into Vault past Terraform's state, and comes from whoever deploys. */
export interface ClientSecret {
  /** Whose it is, to be told, such as `integration "webex-myapp"`. */
  readonly of: string;
  /** Who shows it, to be told. */
  readonly shownBy: string;
  /** Of Terraform; the environment has it as `TF_VAR_<variable>`. */
  readonly variable: string;
}

/** One that a deployment declares. */
export interface DeclaredSecret extends ClientSecret {
  /** Path in Vault of the entry that it is in. */
  readonly path: string;
}

/**
 * Name of the Terraform variable that carries an integration's client secret into the apply.
 * Set it as `TF_VAR_<name>`.
 */
export function clientSecretVariable(integrationName: string): string {
  return `${integrationName.replaceAll('-', '_')}_client_secret`;
}

export function integrationSecret(name: string): ClientSecret {
  return { of: `integration "${name}"`, shownBy: 'Webex', variable: clientSecretVariable(name) };
}

/** Of the client that people log in by. */
export const OIDC_SECRET: ClientSecret = {
  of: 'operators.oidc',
  shownBy: 'the identity provider',
  variable: OIDC_SECRET_VARIABLE,
};

/** Note about a step that Terraform takes with a secret. It stands in the `input` of the resource. */
export interface SecretStep {
  /** Path in Vault of the entry that the secret is in. */
  readonly entry: string;
  /** It asks whether the secret is there, writes it, or writes it where it heals. */
  readonly step: 'gate' | 'secret' | 'copy';
}

export function declaredSecrets({
  engine,
  integrations,
  operators,
}: Pick<Deployment, 'engine' | 'integrations' | 'operators'>): DeclaredSecret[] {
  return [
    ...integrations.map((integration) => ({
      ...integrationSecret(integration.name),
      path: `${engine.mountPath}/servers/${nameInVault(integration)}`,
    })),
    ...(operators?.oidc === undefined ? [] : [{ ...OIDC_SECRET, path: `auth/${operators.oidc.path}/config` }]),
  ];
}
