import type { z } from 'zod';
import { cloudProblem, ownerProblem } from './checks/accounts';
import { authMethodProblem } from './checks/auth-method-paths';
import { pathProblem, tuningProblem } from './checks/engine-fields';
import { expressionProblem } from './checks/expressions';
import { appSecretProblem, clusterProblem } from './checks/app-identities';
import { InvalidDeployment } from './checks/invalid-deployment';
import { nameProblem } from './checks/names';
import { serverProblem } from './checks/server';
import { serviceAppProblem } from './checks/service-apps';
import { deploymentSchema, type Deployment, type DeploymentInput } from './schema/deployment';

/*
 * Entry `webex-token-vault/deployment` of the package, for a file that declares a deployment. Nothing here imports CDKTF. It takes
 * a second to load, and every command reads that file.
 */

export type { Deployment, DeploymentInput };

/** Checks of fields that must fit together. Each returns a problem and its correction. */
const CHECKS: readonly ((deployment: Deployment) => string | undefined)[] = [
  nameProblem,
  pathProblem,
  tuningProblem,
  serverProblem,
  ownerProblem,
  appSecretProblem,
  expressionProblem,
  cloudProblem,
  clusterProblem,
  serviceAppProblem,
  authMethodProblem,
];

/**
 * Validates a declaration. docs/reference/declaration.md lists its fields.
 *
 * @throws InvalidDeployment naming each wrong field, its value and a correction
 */
export function defineDeployment(input: DeploymentInput): Deployment {
  const parsed = deploymentSchema.safeParse(input);
  if (!parsed.success) {
    const { issues } = parsed.error;
    // A misspelled required field is also missing under its right name. The error about the unknown name is enough.
    const unknown = issues.filter(({ code }) => code === 'unrecognized_keys');
    throw new InvalidDeployment((unknown.length > 0 ? unknown : issues).map(describeIssue).join('; '));
  }
  for (const check of CHECKS) {
    const problem = check(parsed.data);
    if (problem !== undefined) {
      throw new InvalidDeployment(problem);
    }
  }
  return parsed.data;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${where.replace(/^\./, '') || 'deployment'} ${issue.message}`;
}
