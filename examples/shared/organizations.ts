import type { DeploymentInput } from '../../lib/declaration/define-deployment';

/*
 * One Webex integration for several organizations. An administrator of each organization consents. Each organization has a
 * credential of its own, and an app that reads only this credential. One more app reads all of them.
 */

interface Organization {
  readonly name: string;
  /** Email of the only account whose consent is accepted. */
  readonly administrator: string;
}

export interface OrganizationsOptions extends Pick<DeploymentInput, 'vault' | 'engine' | 'appRole'> {
  readonly organizations: readonly Organization[];
  /** Client id of the integration, as Webex shows it. */
  readonly clientId?: string;
}

export function organizationsDeployment({ organizations, clientId, ...rest }: OrganizationsOptions): DeploymentInput {
  return {
    ...rest,
    integrations: [{ name: 'reports', clientId, redirectUrl: 'http://localhost:5000/auth' }],
    credentials: [
      {
        name: 'reports',
        integration: 'reports',
        // With this scope, Webex names the account that consented. So the consent of another organization is refused.
        scopes: ['spark:people_read'],
        // Each organization has a credential: "reports-acme", "reports-globex".
        organizations: organizations.map(({ name, administrator }) => ({ name, owner: administrator })),
      },
    ],
    apps: [
      ...organizations.map(({ name }) => ({ name: `${name}-reports`, reads: [`reports-${name}`] })),
      { name: 'overview', reads: ['reports'] },
    ],
  };
}
