import { oneLine } from '#core';
import type { Grant } from '../../grants/consent/grant';

/* The output of `authorize` about the new grant. */

export function grantText({ person, requestedScopes, expireTime }: Grant): string {
  const rows = {
    name: person?.displayName ?? 'unknown',
    email: person?.emails.join(', ') ?? 'unknown',
    organization: person?.orgId ?? 'unknown',
    'asked for': requestedScopes.join(' '),
    expires: expireTime?.toISOString() ?? 'never',
  };
  return Object.entries(rows)
    .map(([label, value]) => `${`${label}:`.padEnd(14)}${oneLine(value)}`)
    .join('\n');
}

export function grantJson({ credential, person, requestedScopes, expireTime, warnings }: Grant): object {
  return {
    credential,
    name: person?.displayName ?? null,
    email: person?.emails[0] ?? null,
    organization: person?.orgId ?? null,
    requested_scopes: requestedScopes,
    expire_time: expireTime?.toISOString() ?? null,
    warnings,
  };
}
