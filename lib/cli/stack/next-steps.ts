import { commandLine } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import type { Plan } from '../../terraform/plan/plan';

/** Commands after the first deploy of the engine, as lines. A later deploy keeps its grants. */
export function consentSteps({ changes }: Plan, { credentials }: Pick<Deployment, 'credentials'>): string[] {
  return changes.some((change) => change.isEngineMount && change.isNew && !change.isImported)
    ? credentials.map(({ name }) => `Next: ${commandLine('authorize', name)}`)
    : [];
}
