import type { Deployment } from '../schema/deployment';
import { webexCloudAt } from '../schema/webex-declaration';

/** Accounts of the commercial and the government cloud are separate. */
export function cloudProblem({ webex: { cloud, apiUrl } }: Deployment): string | undefined {
  const other = webexCloudAt(apiUrl);
  return other === undefined || other === cloud
    ? undefined
    : `webex.apiUrl "${apiUrl}" belongs to cloud "${other}", got webex.cloud "${cloud}"; set cloud to "${other}", or leave apiUrl out`;
}
