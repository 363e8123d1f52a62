import { ExplainedError, NotDeployed, readCredential, TemporarilyUnavailable, VaultUnreachableError } from '#core';
import { peopleSite } from '../../declaration/derived/consent-site';
import { replaceCommand } from '../../declaration/derived/replace-command';
import { isServiceApp } from '../../declaration/schema/credential-declaration';
import type { Credential } from '../../declaration/schema/deployment';
import type { EngineTuning } from '../../declaration/schema/engine-declaration';
import { consentRecord } from '../../declaration/schema/record-paths';
import { consentRecordSchema } from '../../vault/records/consent-record';
import { problemOf, Records } from '../../vault/records/record-store';
import { withConsentSite } from './consent-need';
import { ATTENTION_MS } from './thresholds';
import { stateOfReading, stateOfRefusal } from './credential-state';
import { horizonOf } from './horizon';
import { issueTime, observed, sinceConsent } from './observation';
import type { Observations } from './observations';
import type { RoleLookOptions } from './role-look';
import { missingWords, noteOfUntold, scopesOf } from './scopes-look';
import { describeDay } from '../relative-time';
import type { CredentialLine, Finding, Horizon, State } from '../report';
import { askWebex } from './webex-answer';

/*
 * One grant: the engine's answer, earlier observations and, if requested, Webex's answer.
 */

export interface CredentialLookOptions extends Omit<RoleLookOptions, 'observations'> {
  /** Observations of earlier looks. This look adds its own. */
  readonly observations: Pick<Observations, 'grant' | 'noteGrant'>;
  /** Whether Webex is asked for the account behind the token. */
  readonly verify: boolean;
}

/** A look as the observer. The result contains no token. @throws VaultUnreachableError */
export async function lookAtCredential(
  options: CredentialLookOptions,
  credential: Credential,
): Promise<CredentialLine> {
  const { vault, deployment, observations, now, verify } = options;
  const { name, integration } = credential;
  const records = new Records(vault, deployment.engine.recordsPath);
  const record = await records.readOrProblem(consentRecord(name), consentRecordSchema);
  const consent = record.value;
  const before = observations.grant(name);

  const reading = await readCredential(vault.connection, deployment.engine.mountPath, name).catch((error: unknown) => {
    if (error instanceof ExplainedError && !(error instanceof VaultUnreachableError)) {
      return error;
    }
    throw error;
  });
  const works = !(reading instanceof ExplainedError);
  const expireTime = works ? reading.expireTime : undefined;
  const isFailing = works
    ? reading.warnings.length > 0
    : reading instanceof TemporarilyUnavailable || reading instanceof NotDeployed;
  const after = observed(before.value, { at: now, expireTime, isFailing });
  observations.noteGrant(name, after);

  const answer = works && verify ? await askWebex(deployment.webex.apiUrl, credential, reading.accessToken) : undefined;
  const replace = replaceCommand(deployment, credential);
  const finding = works
    ? stateOfReading(credential, reading, answer, after, now, replace)
    : stateOfRefusal(credential, reading, consent);
  const isThere = expireTime !== undefined || finding.state === 'expired' || finding.state === 'integration refused';
  const consentedAt = consent?.consentedAt;
  const accessTokenSeconds = consent?.accessTokenSeconds ?? undefined;
  const refreshedAt = isThere ? issueTime(after, consentedAt, accessTokenSeconds) : undefined;
  const isFinal = finding.state === 're-authorization required' || finding.state === 'refused by Webex';
  const known = {
    consentedAt,
    issuedAt: refreshedAt,
    expireTime,
    toldSeconds: consent?.refreshTokenTtlSeconds ?? undefined,
    declaredSeconds: deployment.webex.refreshTokenTtlSeconds,
  };
  const finalHorizon = expireTime && { until: expireTime };
  const horizon = isThere ? (isFinal ? finalHorizon : horizonOf(known)) : undefined;
  const endsSoon = horizon !== undefined && horizon.until.getTime() - now.getTime() < ATTENTION_MS;
  const verified = answer?.kind === 'person' ? { email: answer.email, organization: answer.organization } : undefined;
  const isHeld = works || isThere;
  const scopes = isHeld ? scopesOf(credential, consent) : undefined;
  const missing = scopes && missingWords(scopes);
  const isHealthy = finding.state === 'healthy';
  const notes = [
    isHealthy ? undefined : missing,
    answer?.kind === 'untold' ? noteOfUntold(credential, scopes) : undefined,
    noteOf('the consent is unknown', problemOf(record)),
    noteOf('earlier looks are unknown', before.problem),
    noteOf('Webex did not answer', answer?.kind === 'unreachable' ? answer.why : undefined),
    isThere ? noteOfPace(deployment.engine.tuning, accessTokenSeconds) : undefined,
  ];
  const life = isHealthy && endsSoon ? endingSoon(horizon, now, replace) : finding;
  const line: CredentialLine = {
    ...(isHealthy && missing !== undefined ? lackingScopes(life, missing, replace) : life),
    name,
    integration,
    member: credential.organization,
    expireTime,
    refreshedAt,
    failingSince: after.failingSince ?? undefined,
    consentedAt,
    consentedBy: consent?.by?.email,
    organization: verified?.organization ?? consent?.by?.orgId,
    horizon,
    scopes,
    verified,
    tokens: sinceConsent(after.tokens, consentedAt),
    notes: notes.filter((note) => note !== undefined),
  };
  return isServiceApp(credential) ? line : withConsentSite(line, peopleSite(deployment, integration));
}

function noteOf(what: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${what}: ${problem}`;
}

/** A note on a token that is due for a refresh during its whole life. */
function noteOfPace(
  { refreshAheadSeconds, refreshCheckIntervalSeconds }: EngineTuning,
  lifeSeconds = Infinity,
): string | undefined {
  return refreshCheckIntervalSeconds > 0 && lifeSeconds <= refreshAheadSeconds
    ? `its token lives ${lifeSeconds} s and is refreshed ${refreshAheadSeconds} s ahead, so every check refreshes it; lower engine.tuning.refreshAheadSeconds, and refreshCheckIntervalSeconds with it`
    : undefined;
}

/** The grant works but may expire soon. Only a person can replace it. */
function endingSoon({ until, assumption }: Horizon, now: Date, next: string): Finding<State<'credential'>> {
  return {
    state: 'healthy',
    severity: 'attention',
    detail: `the grant may expire on ${describeDay(until, now)}${assumption === undefined ? '' : `, assuming ${assumption}`}`,
    next,
  };
}

/** The grant works, but apps may need the scopes that it lacks. */
function lackingScopes(
  { detail }: Finding<State<'credential'>>,
  missing: string,
  next: string,
): Finding<State<'credential'>> {
  return {
    state: 'scopes missing',
    severity: 'attention',
    detail: `${detail}, and ${missing}`,
    next,
  };
}
