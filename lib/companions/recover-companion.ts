import { UsageError } from '#core';
import { healingCredentials } from '../declaration/derived/healing-credentials';
import type { CompanionKind } from './companion';
import { programJob } from './program-job';

/** Requests lost grants of Service Apps again. */
export const recoverCompanion: CompanionKind = {
  operators: ['observer', 'healer'],
  notes: ({ deployment }) => {
    const healing = healingCredentials(deployment).map(({ name }) => name);
    if (healing.length === 0) {
      throw new UsageError(
        'no credential sets serviceApp.autoRecover, so there is nothing to recover; set it at the credential of a Service App',
      );
    }
    return [
      `It recovers ${healing.join(', ')}. The healer can read the client secrets of these Service Apps.`,
      'A job fails if a grant could not be recovered. Its log names the reason.',
    ];
  },
  manifests: (companion, name) => {
    const { operators } = recoverCompanion;
    return [programJob(companion, name, { args: ['recover'], operators }, ['Looks, and recovers each lost grant.'])];
  },
};
