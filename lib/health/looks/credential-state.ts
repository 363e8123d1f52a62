import {
  AuthorizationPending,
  commandLine,
  type CredentialReading,
  type ExplainedError,
  IntegrationRefused,
  NotAuthorizedYet,
  NotPermitted,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  whatWebexRefused,
} from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import type { Credential } from '../../declaration/schema/deployment';
import type { ConsentRecord } from '../../vault/records/consent-record';
import type { Observation } from './observation';
import { describeAge, describeDistance } from '../relative-time';
import type { Finding, Severity, State } from '../report';
import type { WebexAnswer } from './webex-answer';

/*
 * State of a credential by the answers of the engine and Webex, and the next step.
 */

type CredentialFinding = Finding<State<'credential'>>;

/**
 * State of a credential whose token the engine returns.
 *
 * @param replace command that replaces the grant
 * @param answer Webex's answer. @default - Webex was not asked
 */
export function stateOfReading(
  credential: Credential,
  { expireTime, warnings }: CredentialReading,
  answer: WebexAnswer | undefined,
  { failingSince }: Observation,
  now: Date,
  replace: string,
): CredentialFinding {
  const { name, owner, organization } = credential;
  const until =
    expireTime === undefined ? 'its token never expires' : `its token expires ${describeDistance(expireTime, now)}`;
  if (answer?.kind === 'refused') {
    const why =
      warnings.length > 0
        ? warnings.join('; ')
        : "the grant was revoked or lost a scope, its person's password or role changed, or the organization switched the integration off";
    return finding(
      'refused by Webex',
      'broken',
      `Webex refuses its token (${answer.why}): ${why}`,
      `check in Control Hub that the integration is switched on; if it is: ${commandLine('revoke', name, '--vault-only')}, then ${commandLine('authorize', name)}`,
    );
  }
  if (answer?.kind === 'person' && answer.differsFrom !== undefined) {
    const isOwner = answer.differsFrom === 'owner';
    const account = isOwner ? (owner ?? '') : `an account of organization "${organization?.name ?? ''}"`;
    const acting = isOwner ? answer.email : `${answer.email} of organization ${answer.organization}`;
    const again = (who: string): string =>
      `${commandLine('revoke', name)}, then ${commandLine('authorize', name)} as ${who}`;
    return {
      ...finding('wrong account', 'broken', `it acts as ${acting}, but belongs to ${account}`, again(account)),
      impersonal: {
        detail: `it acts as another account than its ${isOwner ? 'owner' : "organization's"}`,
        next: again(isOwner ? 'its owner' : account),
      },
    };
  }
  if (warnings.length === 0) {
    return finding('healthy', 'healthy', until);
  }
  const said = warnings.join('; ');
  const since = failingSince === null ? '' : ` (first seen ${describeAge(failingSince, now)})`;
  const failing = (state: State<'credential'>, what: string, next: string): CredentialFinding =>
    finding(state, 'attention', `${what}${since}, and ${until}: ${said}`, next);
  switch (whatWebexRefused(said)) {
    case 'grant':
      return failing('re-authorization required', 'Webex refuses to refresh it', replace);
    case 'client':
      return failing(
        'integration refused',
        'Webex refuses its integration',
        commandLine('rotate-secret', credential.integration),
      );
    default:
      return failing('failing', 'refreshing fails', TRIES_AGAIN);
  }
}

const TRIES_AGAIN = 'check that the server reaches Webex; the engine keeps trying by itself';

function finding(state: State<'credential'>, severity: Severity, detail: string, next?: string): CredentialFinding {
  return { state, severity, detail, next };
}

/** State of a credential whose token the engine does not return. */
export function stateOfRefusal(
  { name, integration }: Credential,
  error: ExplainedError,
  consent: ConsentRecord | undefined,
): CredentialFinding {
  const broken = (state: State<'credential'>, detail: string, next?: string): CredentialFinding =>
    finding(state, 'broken', detail, next);
  const authorize = commandLine('authorize', name);
  if (error instanceof AuthorizationPending) {
    return broken(
      'pending',
      'a consent was begun elsewhere, and is not finished',
      `finish it there, or wait until its code has expired, then: ${authorize}`,
    );
  }
  if (error instanceof NotAuthorizedYet) {
    if (consent === undefined) {
      return broken('never authorized', 'nobody has consented yet', authorize);
    }
    const goneOf = (who: string): string =>
      `${who} consented on ${consent.consentedAt.toISOString().slice(0, 10)}, and the engine has no grant any more: it was revoked or deleted`;
    return {
      ...broken('gone', goneOf(consent.by?.email ?? 'somebody'), authorize),
      impersonal: { detail: goneOf('somebody'), next: authorize },
    };
  }
  if (error instanceof ReauthorizationRequired) {
    return broken('re-authorization required', error.message, authorize);
  }
  if (error instanceof IntegrationRefused) {
    return broken('integration refused', error.message, commandLine('rotate-secret', integration));
  }
  if (error instanceof TemporarilyUnavailable) {
    return broken('expired', error.message, TRIES_AGAIN);
  }
  if (error instanceof NotPermitted) {
    return broken('unknown', error.message, `${deployCommand()}, which writes the observer's policy`);
  }
  return broken('unknown', error.message, commandLine('doctor'));
}
