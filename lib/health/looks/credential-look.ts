import { ExplainedError, NotDeployed, readCredential, TemporarilyUnavailable, VaultUnreachableError } from '#core';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { consentRecord } from '../../declaration/schema/record-paths';
import { consentRecordSchema, type ConsentRecord } from '../../vault/records/consent-record';
import { problemOf, Records } from '../../vault/records/record-store';
import type { VaultClient } from '../../vault/vault-client';
import { ATTENTION_MS } from './thresholds';
import { replaceCommand, stateOfReading, stateOfRefusal, type Finding } from './credential-state';
import { horizonOf } from './horizon';
import { issueTime, observed, sinceConsent, type Observation } from './observation';
import type { Observations } from './observations';
import { describeDay } from '../relative-time';
import type { CredentialLine } from '../report';
import { askWebex, type WebexAnswer } from './webex-answer';

/*
 * One grant: the engine's answer, earlier observations and, if requested, Webex's answer.
 */

export interface CredentialLookOptions {
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  /** Observations of earlier looks. This look adds its own. */
  readonly observations: Observations;
  readonly now: Date;
  /** Whether Webex is asked for the account behind the token. */
  readonly verify: boolean;
}

/** A look as the observer. The result contains no token. @throws VaultUnreachableError */
export async function lookAtCredential(
  options: CredentialLookOptions,
  credential: Credential,
): Promise<CredentialLine> {
  const { vault, deployment, observations, now, verify } = options;
  const { name } = credential;
  const notes: string[] = [];
  const records = new Records(vault, deployment.engine.recordsPath);
  const consent = await records.readOrProblem(consentRecord(name), consentRecordSchema);
  const problem = problemOf(consent);
  if (problem !== undefined) {
    notes.push(`who consented: ${problem}`);
  }
  const before = observations.grant(name);
  if (before.problem !== undefined) {
    notes.push(`what was seen: ${before.problem}`);
  }

  const reading = await readCredential(vault.connection, deployment.engine.mountPath, name).catch((error: unknown) => {
    if (error instanceof ExplainedError && !(error instanceof VaultUnreachableError)) {
      return error;
    }
    throw error;
  });
  const works = !(reading instanceof ExplainedError);
  const seen = {
    at: now,
    expireTime: works ? reading.expireTime : undefined,
    isFailing: works
      ? reading.warnings.length > 0
      : reading instanceof TemporarilyUnavailable || reading instanceof NotDeployed,
  };
  const after = observed(before.value, seen);
  observations.noteGrant(name, after);

  const answer = works && verify ? await askWebex(deployment.webex.apiUrl, credential, reading.accessToken) : undefined;
  const finding = works
    ? stateOfReading(credential, reading, answer, after, now)
    : stateOfRefusal(credential, reading, consent.value);
  if (answer?.kind === 'unreachable') {
    notes.push(`Webex could not be asked: ${answer.why}`);
  }
  return lineOf({
    credential,
    deployment,
    finding,
    consent: consent.value,
    observation: after,
    seen,
    answer,
    notes,
    now,
  });
}

interface Known {
  readonly credential: Credential;
  readonly deployment: Deployment;
  readonly finding: Finding;
  readonly consent?: ConsentRecord;
  readonly observation: Observation;
  readonly seen: { readonly expireTime?: Date };
  readonly answer?: WebexAnswer;
  readonly notes: readonly string[];
  readonly now: Date;
}

function lineOf({
  credential,
  deployment,
  finding,
  consent,
  observation,
  seen,
  answer,
  notes,
  now,
}: Known): CredentialLine {
  const { consentedAt, by } = consent ?? {};
  const accessTokenSeconds = consent?.accessTokenSeconds ?? undefined;
  const { expireTime } = seen;
  const isThere = expireTime !== undefined || finding.state === 'expired' || finding.state === 'integration refused';
  const refreshedAt = isThere ? issueTime(observation, consentedAt, accessTokenSeconds) : undefined;
  const isFinal = finding.state === 're-authorization required' || finding.state === 'refused by Webex';
  const horizon = !isThere
    ? undefined
    : isFinal
      ? expireTime && { until: expireTime }
      : horizonOf({
          consentedAt,
          issuedAt: refreshedAt,
          expireTime,
          toldSeconds: consent?.refreshTokenTtlSeconds ?? undefined,
          declaredSeconds: deployment.webex.refreshTokenTtlSeconds,
        });
  const endsSoon = horizon !== undefined && horizon.until.getTime() - now.getTime() < ATTENTION_MS;
  const { refreshAheadSeconds, refreshCheckIntervalSeconds } = deployment.engine.tuning;
  const isRefreshedAlways =
    isThere &&
    accessTokenSeconds !== undefined &&
    refreshCheckIntervalSeconds > 0 &&
    accessTokenSeconds <= refreshAheadSeconds;
  return {
    ...(finding.state === 'healthy' && endsSoon ? endingSoon(credential, horizon, now) : finding),
    name: credential.name,
    integration: credential.integration,
    expireTime,
    refreshedAt,
    failingSince: observation.failingSince ?? undefined,
    consentedAt,
    consentedBy: by?.email,
    organization: answer?.kind === 'person' ? answer.organization : by?.orgId,
    horizon,
    verified: answer?.kind === 'person' ? { email: answer.email, organization: answer.organization } : undefined,
    tokens: sinceConsent(observation.tokens, consentedAt),
    notes: [
      ...notes,
      ...(isRefreshedAlways
        ? [
            `it is refreshed at every check: its token lives ${accessTokenSeconds} s, and is refreshed ${refreshAheadSeconds} s ahead; lower engine.tuning.refreshAheadSeconds`,
          ]
        : []),
    ],
  };
}

/** The grant works but may end soon. Only a person can replace it. */
function endingSoon(
  credential: Credential,
  { until, assumption }: { until: Date; assumption?: string },
  now: Date,
): Finding {
  return {
    state: 'healthy',
    severity: 'attention',
    detail: `the grant may end on ${describeDay(until, now)}${assumption === undefined ? '' : `, assuming ${assumption}`}`,
    next: replaceCommand(credential),
  };
}
