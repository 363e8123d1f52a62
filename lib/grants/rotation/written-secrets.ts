import { describeError, ExplainedError } from '#core';
import { clientSecretVariable } from '../../declaration/derived/client-secret';
import type { Deployment } from '../../declaration/schema/deployment';
import { integrationEntry } from '../../declaration/derived/integration-entry';
import { checkClientSecret } from '../../webex/client-secret-check';

/*
 * A check at Webex of the client secrets that a deploy is about to write. Without it, a wrong secret fails only after a
 * person has consented.
 */

export interface WrittenSecretFindings {
  /** A line about each secret that Webex refuses. */
  readonly problems: readonly string[];
  /** A line about each secret without a verdict of Webex. */
  readonly notes: readonly string[];
}

/** Short, because a deploy can go on without this check. */
const TIMEOUT_MS = 10_000;

/**
 * @param variables names of the Terraform variables whose secrets are written
 * @param environment that the deploy runs with
 * @throws the signal's reason
 */
export async function checkWrittenSecrets(
  { integrations, webex }: Pick<Deployment, 'integrations' | 'webex'>,
  variables: readonly string[],
  { environment, signal }: { readonly environment: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<WrittenSecretFindings> {
  const [problems, notes]: [string[], string[]] = [[], []];
  for (const { name, clientId } of integrations) {
    const variable = clientSecretVariable(name);
    const set = `TF_VAR_${variable}`;
    const clientSecret = environment[set];
    if (!variables.includes(variable) || clientId === undefined || !clientSecret) {
      continue;
    }
    const { token_url: tokenUrl } = integrationEntry(clientId, webex.apiUrl).provider_options;
    const check = await checkClientSecret({ tokenUrl, clientId, clientSecret, timeoutMs: TIMEOUT_MS, signal }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof ExplainedError) {
          return { verdict: 'untold', said: describeError(error) } as const;
        }
        throw error;
      },
    );
    if (check.verdict === 'refused') {
      problems.push(
        `Webex refuses the client secret of integration "${name}" in ${set} (${check.said}); set it to the secret that Webex shows for client id ${clientId}`,
      );
    } else if (check.verdict === 'untold') {
      notes.push(
        `Webex did not confirm the client secret of integration "${name}" (${check.said}); it is written unchecked`,
      );
    }
  }
  return { problems, notes };
}
