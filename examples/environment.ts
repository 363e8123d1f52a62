import type { DeploymentInput } from '../lib/declaration/define-deployment';

/*
 * What the environments of this example have in common: one Webex integration, to which an administrator of each
 * organization consents, and for each organization a credential and an app that reads it and no other.
 */

interface Organization {
  readonly name: string;
  /** Email of the only account whose consent is accepted. */
  readonly administrator: string;
}

export interface Environment {
  readonly organizations: readonly Organization[];
  readonly vault: DeploymentInput['vault'];
  readonly engine?: DeploymentInput['engine'];
  readonly appRole?: DeploymentInput['appRole'];
  /** As Webex shows it for the integration of this environment. */
  readonly clientId?: string;
}

export function environment({ organizations, clientId, ...rest }: Environment): DeploymentInput {
  return {
    ...rest,
    integrations: [{ name: 'reports', clientId, redirectUrl: 'http://localhost:5000/auth' }],
    credentials: organizations.map(({ name, administrator }) => ({
      name,
      integration: 'reports',
      // With this scope Webex tells whose account it is, so that one organization's consent is never taken for another's.
      scopes: ['spark:people_read'],
      owner: administrator,
    })),
    apps: organizations.map(({ name }) => ({ name: `${name}-reports`, reads: [name] })),
  };
}
