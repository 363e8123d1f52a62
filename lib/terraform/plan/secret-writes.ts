import { z } from 'zod';
import type { DeclaredSecret, SecretStep } from '../../declaration/derived/client-secret';
import type { Plan } from './plan';
import type { ResourceChange } from './resource-change';

/*
 * Client secrets that a plan writes. They are never in Terraform's state, so the plan does not show them.
 */

const secretStep = z.object({ entry: z.string(), step: z.enum(['gate', 'secret', 'copy']) });

/** Names of the Terraform variables whose secrets the plan writes. */
export function writtenVariables({ changes }: Plan, secrets: readonly DeclaredSecret[]): string[] {
  return secrets
    .filter((secret) => stepsOf(changes, secret).some((step) => step === 'secret' || step === 'copy'))
    .map(({ variable }) => variable);
}

/** Each written secret as a line for people. */
export function secretNotices({ changes }: Plan, secrets: readonly DeclaredSecret[]): string[] {
  return secrets.flatMap((secret) =>
    changes
      .filter((change) => change.isCreated && stepOf(change, secret) === 'secret')
      .map(({ isDeleted }) => `the client secret of ${secret.of} is written${isDeleted ? ' again' : ''}`),
  );
}

/** Each secret that the plan needs and the environment lacks, as a line. */
export function secretObstacles(
  { changes }: Plan,
  secrets: readonly DeclaredSecret[],
  environment: NodeJS.ProcessEnv,
): string[] {
  return secrets.flatMap((secret) => {
    const steps = stepsOf(changes, secret);
    if (steps.length === 0) {
      return [];
    }
    const { of, shownBy, variable } = secret;
    if (!steps.includes('secret') && !steps.every((step) => step === 'copy')) {
      return [
        `${of} would have no client secret, because the plan leaves out the step that writes it; plan without -target and similar options`,
      ];
    }
    const set = `TF_VAR_${variable}`;
    return environment[set]
      ? []
      : [
          `the client secret of ${of} must be written, but ${set} is not set; set it to the secret that ${shownBy} shows for it`,
        ];
  });
}

type Step = SecretStep['step'] | 'entry';

function stepsOf(changes: readonly ResourceChange[], secret: DeclaredSecret): Step[] {
  return changes
    .filter(({ isWritten }) => isWritten)
    .map((change) => stepOf(change, secret))
    .filter((step) => step !== undefined);
}

function stepOf(change: ResourceChange, { path }: DeclaredSecret): Step | undefined {
  if (change.type === 'vault_generic_endpoint') {
    return change.after('path') === path ? 'entry' : undefined;
  }
  const { entry, step } = secretStep.safeParse(change.valueAfter('input')).data ?? {};
  return entry === path ? step : undefined;
}
