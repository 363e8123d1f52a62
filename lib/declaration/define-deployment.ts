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
 * The package's entry webex-token-vault/deployment, for a file that declares a deployment. Every command reads that file, and
 * CDKTF takes a second to load, so nothing here imports it.
 */

export type { Deployment, DeploymentInput };

/** Checks of fields that must fit together. Each returns a problem with its correction. */
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
 * Validates a declaration.
 *
 * @throws InvalidDeployment naming each wrong field, its value and a correction
 */
export function defineDeployment(input: DeploymentInput): Deployment {
  const parsed = deploymentSchema.safeParse(input);
  if (!parsed.success) {
    const { issues } = parsed.error;
    // A misspelled field is also missing under its own name. The unknown name says it all.
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
