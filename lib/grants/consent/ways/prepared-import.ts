import { ExplainedError } from '#core';
import { StoredIntegration } from '../../../vault/stored-integration';
import { checkWebex } from '../../../webex/reachable-webex';
import { declaredAccount, type ExpectedAccount } from '../account';
import { checkImporter } from '../authorizer-checks';
import { expectedAccount, grantToReplace } from '../existing-grant';
import { grantRun, type GrantOptions, type GrantRun } from '../grant';
import { RetryPeriod } from '../retry-period';

/*
 * Checks before a grant is obtained outside the engine, so that no person consents in vain.
 */

export interface ImportOptions extends GrantOptions {
  /** Option of `authorize` by which the grant is obtained, such as `--device`. @default - none */
  readonly way?: string;
  /** Whether a working grant may be replaced. @default false */
  readonly replace?: boolean;
  /** Account that the grant has to belong to. @default - the declared one, otherwise the person of the present grant */
  readonly expected?: ExpectedAccount;
  /** Whether the request for the grant names the declared scopes. @default true */
  readonly asksForScopes?: boolean;
  /** Whether the same grant can be obtained again without a person. If so, each step is tried four times. @default false */
  readonly isRepeatable?: boolean;
}

export interface PreparedImport extends GrantRun {
  readonly stored: StoredIntegration;
  /** @default - any account */
  readonly expected?: ExpectedAccount;
  /** Whether a grant that can be read is replaced. */
  readonly replaces: boolean;
  /** Whether a grant may be replaced. */
  readonly mayReplace: boolean;
  /** Scopes that the request for the grant names. @default - it names none */
  readonly requestedScopes?: readonly string[];
  readonly isRepeatable: boolean;
}

/** @throws ExplainedError for the first thing that is missing; the signal's reason */
export async function prepareImport(options: ImportOptions): Promise<PreparedImport> {
  const { way, replace = false, asksForScopes = true, isRepeatable = false } = options;
  const run = grantRun(options);
  const { vault, deployment, credential, apiUrl, signal } = run;
  await checkImporter(run);
  const stored = await StoredIntegration.read(vault.endedBy(signal), deployment, credential.integration);
  const existing = await grantToReplace(run, { replace, way });
  await checkWebex(apiUrl, signal);
  const declared = declaredAccount(credential);
  return {
    ...run,
    ...(isRepeatable && {
      retryPeriod: new RetryPeriod(() => undefined, signal, { attempts: 4, ...options.retryPeriod }),
    }),
    stored,
    expected: options.expected ?? (existing === undefined ? declared : await expectedAccount(run, existing)),
    replaces: existing !== undefined && !(existing instanceof ExplainedError),
    mayReplace: replace,
    requestedScopes: asksForScopes ? credential.scopes : undefined,
    isRepeatable,
  };
}

/** State of the credential if the new grant was not kept. */
export function asBefore({ replaces, credential }: PreparedImport): string {
  return replaces ? `"${credential.name}" is unchanged` : 'nothing was stored';
}
