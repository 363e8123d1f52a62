import { quotedList } from '#core';
import { uncovered } from '../../declaration/schema/scope-coverage';
import type { Credential } from '../../declaration/schema/deployment';
import type { ConsentRecord } from '../../vault/records/consent-record';
import type { Scopes } from '../report';

/*
 * The scopes of a grant, as its consent was recorded. Webex tells nobody which scopes a grant has later: neither the engine's
 * tokens nor a request to Webex's API show them.
 */

/** @param consent record of the consent. @default - there is none */
export function scopesOf({ scopes: declared }: Credential, consent: ConsentRecord | undefined): Scopes {
  const { grantedScopes: granted, requestedScopes: requested } = consent ?? {};
  if (granted) {
    return { declared, granted, missing: uncovered(declared, granted) };
  }
  // A scope that was requested may be granted or not. A scope that was not requested is missing.
  const missing = requested ? uncovered(declared, requested) : [];
  return { declared, ...(missing.length > 0 && { missing }) };
}

/** @returns undefined if no scope is known to be missing */
export function missingWords({ granted, missing = [] }: Scopes): string | undefined {
  return missing.length === 0
    ? undefined
    : `${granted === undefined ? 'its consent did not ask for' : 'its grant lacks'} ${quotedList(missing)}`;
}
