import { z } from 'zod';
import { integrationEntry } from '../derived/integration-entry';
import { loginOf } from '../derived/logins';
import type { Deployment } from '../schema/deployment';
import { byName } from './note';

/*
 * The part of a deployment that decides which grants exist and which apps read them. Stack `webex-tokens` keeps it as a note in
 * its state. The next deploy compares the note with the declaration. The note holds no secret.
 */

const app = z.object({
  /** Name in the declaration. */
  name: z.string(),
  reads: z.array(z.string()),
  /** Login. @default - AppRole */
  login: z.object({ type: z.enum(['jwt', 'kubernetes', 'cert']), path: z.string() }).optional(),
});

export const declaredGrants = z.object({
  format: z.literal(1),
  /** Token endpoint at which the engine refreshes. */
  tokenUrl: z.string(),
  appRolePath: z.string(),
  /** Integrations by their names in Vault, with their names in the declaration. */
  integrations: z.record(z.string(), z.object({ name: z.string(), clientId: z.string() })),
  /** Name in Vault of each credential's integration. */
  credentials: z.record(z.string(), z.string()),
  /** Names of the credentials with the same scopes, by these scopes. Notes of earlier releases lack the field. */
  scopes: z.record(z.string(), z.array(z.string())).optional(),
  /** Apps by their names in Vault. */
  apps: z.record(z.string(), app),
});

export type DeclaredGrants = z.output<typeof declaredGrants>;
export type DeclaredApp = z.output<typeof app>;

type Declaring = Pick<Deployment, 'webex' | 'appRole' | 'integrations' | 'credentials' | 'apps'>;

export function grantsOf(deployment: Declaring): DeclaredGrants {
  const { webex, appRole, integrations, credentials, apps } = deployment;
  const inVault = new Map(integrations.map((integration) => [integration.name, integration.vaultName]));
  return {
    format: 1,
    tokenUrl: integrationEntry('', webex.apiUrl).provider_options.token_url,
    appRolePath: appRole.path,
    integrations: byName(
      integrations.map((each) => [each.vaultName, { name: each.name, clientId: each.clientId ?? '' }]),
    ),
    credentials: byName(credentials.map(({ name, integration }) => [name, inVault.get(integration) ?? integration])),
    scopes: byName([...alike(credentials)].map(([scopes, names]) => [scopes, names.sort()])),
    apps: byName(
      apps.map((each) => {
        const { type, path } = loginOf(deployment, each);
        const { name, reads } = each;
        const login = type === 'approle' ? {} : { login: { type, path } };
        return [each.vaultName, { name, reads: [...reads].sort(), ...login }];
      }),
    ),
  };
}

/** Names of the credentials with the same scopes. An organization's credentials have many scopes in common. */
function alike(credentials: Deployment['credentials']): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { name, scopes } of credentials) {
    const key = [...new Set(scopes)].sort().join(' ');
    names.set(key, [...(names.get(key) ?? []), name]);
  }
  return names;
}

/** Scopes of each credential, by its name. @returns an empty map for a note of an earlier release */
export function scopesIn({ scopes = {} }: DeclaredGrants): Map<string, readonly string[]> {
  return new Map(
    Object.entries(scopes).flatMap(([joined, names]) => names.map((name) => [name, joined.split(' ')] as const)),
  );
}
