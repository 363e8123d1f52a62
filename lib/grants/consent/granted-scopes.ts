import { commandLine, ExplainedError, quotedList, whatWebexRefused } from '#core';
import { uncovered } from '../../declaration/schema/scope-coverage';
import { replaceCommand } from '../../declaration/derived/replace-command';
import { consentRecord } from '../../declaration/schema/record-paths';
import type { Credential } from '../../declaration/schema/deployment';
import { consentRecordSchema } from '../../vault/records/consent-record';
import { Records } from '../../vault/records/record-store';
import type { ExistingGrant } from './existing-grant';
import type { GrantRun } from './grant';

/*
 * The scopes of a new grant, compared with the declaration and with the grant that it would replace. Webex tells them beside
 * the tokens. The engine drops them, so only a grant that the command obtained itself can be compared.
 */

/** The new grant has fewer of the declared scopes than the grant that it would replace. */
export class FewerScopes extends ExplainedError {
  override name = 'FewerScopes';
}

/**
 * @param present grant that would be replaced. @default - there is none
 * @param granted scopes of the new grant. @default - Webex did not tell them
 * @throws FewerScopes
 */
export async function refuseFewer(
  run: GrantRun,
  present: ExistingGrant | undefined,
  granted: readonly string[] | undefined,
): Promise<void> {
  const { credential } = run;
  const lacking = granted === undefined ? [] : uncovered(credential.scopes, granted);
  if (lacking.length === 0 || present === undefined || isLost(present)) {
    return;
  }
  const { scopes, verb } = await presentScopes(run);
  const absent = uncovered(lacking, scopes);
  const fewer = lacking.filter((scope) => !absent.includes(scope));
  if (fewer.length > 0) {
    const { name } = credential;
    throw new FewerScopes(
      `the new grant lacks ${quotedList(fewer)}, which the present grant of "${name}" ${verb}; "${name}" is unchanged; ${howToGet(credential)}, then run the command again. To accept fewer scopes, delete the present grant first: ${commandLine('revoke', name)}`,
    );
  }
}

/** Notice about declared scopes that a stored grant lacks. */
export function scopesMissing({ deployment, credential }: GrantRun, missing: readonly string[]): string {
  return `The grant of "${credential.name}" lacks ${quotedList(missing)}; ${howToGet(credential)}, then: ${replaceCommand(deployment, credential)}`;
}

/** Advice about scopes that Webex did not grant, as a main clause. */
export function howToGet({ integration, serviceApp }: Credential): string {
  return serviceApp === undefined
    ? `select these scopes for integration "${integration}" at developer.webex.com/my-apps, and have an administrator allow them`
    : 'select these scopes for the Service App at developer.webex.com/my-apps, and have it authorized again in Control Hub';
}

/** Webex refuses to refresh a lost grant, so any grant is better. */
function isLost(present: ExistingGrant): boolean {
  return !(present instanceof ExplainedError) && present.warnings.some((said) => whatWebexRefused(said) === 'grant');
}

/** The scopes that the present grant has, as far as the record tells. Without a record, it may have all that are declared. */
async function presentScopes({ vault, deployment, credential }: GrantRun) {
  const records = new Records(vault, deployment.engine.recordsPath);
  const { value } = await records.readOrProblem(consentRecord(credential.name), consentRecordSchema);
  if (value?.grantedScopes) {
    return { scopes: value.grantedScopes, verb: 'has' };
  }
  return value?.requestedScopes
    ? { scopes: value.requestedScopes, verb: 'was asked for' }
    : { scopes: credential.scopes, verb: 'may have' };
}
