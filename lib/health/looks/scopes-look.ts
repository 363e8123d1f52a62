import { quotedList } from '#core';
import { accountScopes, uncovered } from '../../declaration/schema/scope-coverage';
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

/** A note if Webex does not name the account, although a declared scope allows that. So a scope shows that was taken away. */
export function noteOfUntold(
  { scopes: declared }: Credential,
  { missing = [] }: Partial<Scopes> = {},
): string | undefined {
  const allowing = accountScopes(declared);
  return allowing.length === 0 || allowing.some((scope) => missing.includes(scope))
    ? undefined
    : `Webex refuses to name its account (403), although ${quotedList(allowing)} is declared; an administrator may have taken the scope or the role away`;
}
