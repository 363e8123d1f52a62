import type { z } from 'zod';
import { checkCloud, checkOwners } from './checks/accounts';
import { checkExpressions } from './checks/expressions';
import { checkAppSecrets, checkClusters } from './checks/identities';
import { InvalidDeployment } from './checks/invalid-deployment';
import { checkAuthMethodPaths } from './checks/auth-method-paths';
import { checkNames } from './checks/names';
import { checkPaths } from './checks/paths';
import { checkEngineTuning } from './checks/engine-tuning';
import { checkServer } from './checks/server';
import { checkServiceApps } from './checks/service-apps';
import { deploymentSchema, type Deployment, type DeploymentInput } from './schema/deployment';

/*
 * The package's entry webex-token-vault/deployment, for a file that declares a deployment. Every command reads that file, so
 * nothing here imports CDKTF, which takes a second to load.
 */

export type { Deployment, DeploymentInput };

/** The first check that finds a problem throws. */
const CHECKS: readonly ((deployment: Deployment) => void)[] = [
  checkNames,
  checkPaths,
  checkEngineTuning,
  checkServer,
  checkOwners,
  checkAppSecrets,
  checkExpressions,
  checkCloud,
  checkClusters,
  checkServiceApps,
  checkAuthMethodPaths,
];

/**
 * Validates what `deployment.ts` declares.
 *
 * @throws InvalidDeployment naming each field that is wrong, what it was and what to write instead.
 */
export function defineDeployment(input: DeploymentInput): Deployment {
  const parsed = deploymentSchema.safeParse(input);
  if (!parsed.success) {
    const { issues } = parsed.error;
    // A field under a wrong name is missing under its own as well, which says nothing new.
    const unknown = issues.filter(({ code }) => code === 'unrecognized_keys');
    throw new InvalidDeployment((unknown.length > 0 ? unknown : issues).map(describeIssue).join('; '));
  }
  CHECKS.forEach((check) => check(parsed.data));
  return parsed.data;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${where.replace(/^\./, '') || 'deployment'} ${issue.message}`;
}
