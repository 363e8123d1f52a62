import { checkedDeployment } from './checked-deployment';
import type { Deployment, DeploymentInput } from './schema/deployment';

/*
 * Entry `webex-token-vault/deployment` of the package, for a file that declares a deployment. Nothing here imports CDKTF. It takes
 * a second to load, and every command reads that file.
 */

export type { Deployment, DeploymentInput };

/**
 * Validates a declaration. docs/reference/declaration.md lists its fields.
 *
 * @throws InvalidDeployment naming each wrong field, its value and a correction
 */
export function defineDeployment(input: DeploymentInput): Deployment {
  return checkedDeployment(input);
}
