import pLimit from 'p-limit';
import { consentSite, type ConsentSite } from '../../declaration/derived/consent-site';
import { findIntegration } from '../../declaration/derived/by-name';
import { isServiceApp } from '../../declaration/schema/credential-declaration';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { type ConsentCause, consentCause } from '../../health/looks/consent-need';
import { lookAtCredential } from '../../health/looks/credential-look';
import { LOOKS_AT_ONCE } from '../../health/looks/look';
import type { CredentialLine } from '../../health/report';
import { readGraceSignal } from '../../vault/grace-signal';
import type { VaultClient } from '../../vault/vault-client';

/*
 * The credentials that wait for a person, as an authorizer sees them. The look is that of `status`, without its records.
 */

/** A credential that needs the consent of a person. */
export interface WaitingCredential {
  readonly name: string;
  readonly integration: string;
  /** Email of the account that has to consent. @default - the declaration names none */
  readonly owner?: string;
  readonly cause: ConsentCause;
  /** Further words: the missing scopes, or the end. @default - none */
  readonly detail?: string;
  /** When the grant may end. */
  readonly until?: Date;
  /** Site on which the person consents. @default - the integration redirects to loopback */
  readonly site?: ConsentSite;
}

export interface WaitingLook {
  readonly waiting: readonly WaitingCredential[];
  /** Credentials that could not be looked at, with the reason in one line. */
  readonly unknown: readonly { readonly name: string; readonly detail: string }[];
}

export interface WaitingOptions {
  readonly deployment: Deployment;
  /** With the token of an authorizer. */
  readonly vault: VaultClient;
  /** @default - all declared credentials */
  readonly names?: readonly string[];
  readonly signal: AbortSignal;
  /** @default - the machine's clock */
  readonly now?: Date;
}

/** @throws VaultUnreachableError; the signal's reason */
export async function findWaiting({ deployment, vault, names, signal, now = new Date() }: WaitingOptions) {
  const limit = pLimit(LOOKS_AT_ONCE);
  // A read may refresh a token. Ended at once, it could lose the grant.
  const patient = vault.endedBy(readGraceSignal(signal, deployment.engine));
  const asked = deployment.credentials.filter(({ name }) => names?.includes(name) ?? true);
  const looks = await limit.map(
    asked.filter((credential) => !isServiceApp(credential)),
    async (credential) => {
      signal.throwIfAborted();
      return waitingOf(deployment, credential, await lookAt(deployment, patient, credential, now));
    },
  );
  return {
    waiting: looks.flatMap((look) => (look !== undefined && 'cause' in look ? [look] : [])),
    unknown: looks.flatMap((look) => (look !== undefined && 'unknown' in look ? [look.unknown] : [])),
  } satisfies WaitingLook;
}

/** Webex is asked only for a grant whose recorded account is not the owner's: the owner may have several addresses. */
async function lookAt(
  deployment: Deployment,
  vault: VaultClient,
  credential: Credential,
  now: Date,
): Promise<CredentialLine> {
  const observations = { grant: () => ({}), noteGrant: () => undefined };
  const look = (verify: boolean): Promise<CredentialLine> =>
    lookAtCredential({ vault, deployment, observations, now, verify }, credential);
  const line = await look(false);
  const { owner } = credential;
  const isDoubtful =
    owner !== undefined && line.consentedBy !== undefined && line.consentedBy.toLowerCase() !== owner.toLowerCase();
  return isDoubtful && line.expireTime !== undefined ? look(true) : line;
}

type Outcome = WaitingCredential | { readonly unknown: { readonly name: string; readonly detail: string } } | undefined;

/** @returns undefined if the credential needs nobody */
function waitingOf(deployment: Deployment, credential: Credential, line: CredentialLine): Outcome {
  const { name, integration, owner } = credential;
  const cause = consentCause(line);
  if (cause === undefined) {
    const { state, detail } = line;
    return state === 'unknown' || state === 'pending' ? { unknown: { name, detail } } : undefined;
  }
  const until = cause === 'ends soon' ? line.horizon?.until : line.expireTime;
  const site = consentSite(findIntegration(deployment, integration));
  const missing = cause === 'scopes missing' ? line.scopes?.missing?.join(' ') : undefined;
  return { name, integration, owner, cause, detail: missing, until, site };
}
