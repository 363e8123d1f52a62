import type { z } from 'zod';
import { cloudProblem } from './checks/accounts';
import { appSecretProblem, clusterProblem } from './checks/app-identities';
import { authMethodProblem } from './checks/auth-method-paths';
import { describeIssue } from './checks/described-issue';
import { pathProblem, tuningProblem } from './checks/engine-fields';
import { expressionProblem } from './checks/expressions';
import { InvalidDeployment } from './checks/invalid-deployment';
import { nameProblem } from './checks/names';
import { serverProblem } from './checks/server';
import { serviceAppProblem } from './checks/service-apps';
import { valueProblem } from './checks/value-problem';
import { type Deployment, deploymentSchema } from './schema/deployment';

/** Checks of fields that must fit together. Each returns a problem and its correction. */
const CHECKS: readonly ((deployment: Deployment) => string | undefined)[] = [
  nameProblem,
  pathProblem,
  tuningProblem,
  serverProblem,
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
 * @param placed adds the place of a field to its problem
 * @throws InvalidDeployment naming each wrong field, its value and a correction
 */
export function checkedDeployment(
  input: unknown,
  placed: (problem: string, path: readonly PropertyKey[]) => string = (problem) => problem,
): Deployment {
  const parsed = deploymentSchema.safeParse(input, { error: valueProblem });
  if (!parsed.success) {
    const { issues } = parsed.error;
    // A misspelled required field is also missing under its right name. The error about the unknown name is enough.
    const unknown = issues.filter(({ code }) => code === 'unrecognized_keys');
    const problems = (unknown.length > 0 ? unknown : issues).map((issue) =>
      placed(describeIssue(issue), fieldOf(issue)),
    );
    throw new InvalidDeployment(problems.join('; '));
  }
  for (const check of CHECKS) {
    const problem = check(parsed.data);
    if (problem !== undefined) {
      throw new InvalidDeployment(problem);
    }
  }
  return parsed.data;
}

function fieldOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}
