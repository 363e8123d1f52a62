import type { Deployment } from '../schema/deployment';
import { webexCloudAt } from '../schema/webex-cloud';
import { InvalidDeployment } from './invalid-deployment';

/** With each of them `people/me` answers. */
const SCOPES_THAT_TELL_WHO: readonly [string, ...string[]] = [
  'spark:people_read',
  'spark-admin:people_read',
  'spark:all',
];

/** Webex names the account only to a token with certain scopes. The check runs here, before a person consents. */
export function checkOwners({ credentials }: Deployment): void {
  const unseen = credentials.find(
    ({ owner, scopes }) => owner !== undefined && !scopes.some((scope) => SCOPES_THAT_TELL_WHO.includes(scope)),
  );
  if (unseen !== undefined) {
    throw new InvalidDeployment(
      `credential "${unseen.name}" has an owner, and no scope lets Webex say whose account consented; add scope "${SCOPES_THAT_TELL_WHO[0]}" to it and to the integration, or leave the owner out`,
    );
  }
}

/** Accounts of the commercial and the government cloud are separate. */
export function checkCloud({ webex: { cloud, apiUrl } }: Deployment): void {
  const other = webexCloudAt(apiUrl);
  if (other !== undefined && other !== cloud) {
    throw new InvalidDeployment(
      `webex.apiUrl "${apiUrl}" is that of cloud "${other}", got webex.cloud "${cloud}"; set cloud to "${other}", or leave apiUrl out`,
    );
  }
}
