import type { Deployment } from '../schema/deployment';
import { webexCloudAt } from '../schema/webex-declaration';

/** Scopes that allow a request to `people/me`. */
const SCOPES_THAT_NAME_THE_ACCOUNT: readonly [string, ...string[]] = [
  'spark:people_read',
  'spark-admin:people_read',
  'spark:all',
];

/** Webex names the account only to a token with one of those scopes. This check runs before a person consents. */
export function ownerProblem({ credentials }: Deployment): string | undefined {
  const unseen = credentials.find(
    ({ owner, scopes }) => owner !== undefined && !scopes.some((scope) => SCOPES_THAT_NAME_THE_ACCOUNT.includes(scope)),
  );
  return (
    unseen &&
    `credential "${unseen.name}" has an owner, but no scope lets Webex name the account that consented; add scope "${SCOPES_THAT_NAME_THE_ACCOUNT[0]}" to it and to the integration, or leave the owner out`
  );
}

/** Accounts of the commercial and the government cloud are separate. */
export function cloudProblem({ webex: { cloud, apiUrl } }: Deployment): string | undefined {
  const other = webexCloudAt(apiUrl);
  return other === undefined || other === cloud
    ? undefined
    : `webex.apiUrl "${apiUrl}" belongs to cloud "${other}", got webex.cloud "${cloud}"; set cloud to "${other}", or leave apiUrl out`;
}
