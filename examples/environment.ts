import type { DeploymentInput } from '../lib/declaration/define-deployment';

/*
 * What the environments of this example have in common: one Webex integration, to which an administrator of each
 * organisation consents, and for each organisation a credential and an app that reads it and no other.
 */

interface Organisation {
  readonly name: string;
  /** Email of the only account whose consent is accepted. */
  readonly administrator: string;
}

export interface Environment {
  readonly organisations: readonly Organisation[];
  readonly vault: DeploymentInput['vault'];
  readonly engine?: DeploymentInput['engine'];
  readonly appRolePath?: string;
  /** As Webex shows it for the integration of this environment. */
  readonly clientId?: string;
}

export function environment({ organisations, clientId, ...rest }: Environment): DeploymentInput {
  return {
    ...rest,
    integrations: [{ name: 'reports', clientId, redirectUrl: 'http://localhost:5000/auth' }],
    credentials: organisations.map(({ name, administrator }) => ({
      name,
      integration: 'reports',
      // With this scope Webex tells whose account it is, so that one organisation's consent is never taken for another's.
      scopes: ['spark:people_read'],
      owner: administrator,
    })),
    apps: organisations.map(({ name }) => ({ name: `${name}-reports`, reads: [name] })),
  };
}
