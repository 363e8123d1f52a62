import type { Deployment } from '../schema/deployment';
import { OIDC_SECRET_VARIABLE } from '../schema/operators-declaration';

/** A client secret that a deploy writes into Vault, and not into Terraform's state. */
export interface ClientSecret {
  /** Owner for messages, such as `integration "webex-myapp"`. */
  readonly of: string;
  /** Place that shows the secret to people, for messages. */
  readonly shownBy: string;
  /** Terraform variable. The environment sets it as `TF_VAR_<variable>`. */
  readonly variable: string;
}

export interface DeclaredSecret extends ClientSecret {
  /** Path in Vault of the entry that has the secret. */
  readonly path: string;
}

export function clientSecretVariable(integrationName: string): string {
  return `${integrationName.replaceAll('-', '_')}_client_secret`;
}

export function integrationSecret(name: string): ClientSecret {
  return { of: `integration "${name}"`, shownBy: 'Webex', variable: clientSecretVariable(name) };
}

export const OIDC_SECRET: ClientSecret = {
  of: 'operators.oidc',
  shownBy: 'the identity provider',
  variable: OIDC_SECRET_VARIABLE,
};

/** One step of an apply with a secret. It is the `input` of a Terraform resource. */
export interface SecretStep {
  /** Path in Vault of the secret's entry. */
  readonly entry: string;
  /** Step `gate` checks that the secret is set, `secret` writes it into the entry, and `copy` writes the copy for healing. */
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
      path: `${engine.mountPath}/servers/${integration.vaultName}`,
    })),
    ...(operators?.oidc === undefined ? [] : [{ ...OIDC_SECRET, path: `auth/${operators.oidc.path}/config` }]),
  ];
}
