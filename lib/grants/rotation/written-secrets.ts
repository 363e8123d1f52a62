import { describeError, ExplainedError } from '#core';
import { clientSecretVariable } from '../../declaration/derived/client-secret';
import type { Deployment } from '../../declaration/schema/deployment';
import { integrationEntry } from '../../declaration/derived/integration-entry';
import { checkClientSecret } from '../../webex/client-secret-check';

/*
 * The client secrets that a deploy is about to write, as Webex knows them. Without this check, a wrong secret shows only
 * once a person has consented.
 */

export interface WrittenSecretFindings {
  /** Each secret that Webex refuses, as a line. */
  readonly problems: readonly string[];
  /** Each secret of which Webex said nothing, as a line. */
  readonly notes: readonly string[];
}

/** A deploy does not wait longer for a check that it can do without. */
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
        `Webex did not confirm the client secret of integration "${name}" (${check.said}); it is written as given`,
      );
    }
  }
  return { problems, notes };
}
