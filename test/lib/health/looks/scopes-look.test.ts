import { missingWords, scopesOf } from '../../../../lib/health/looks/scopes-look';
import type { ConsentRecord } from '../../../../lib/vault/records/consent-record';

const declared = ['spark:people_read', 'spark:rooms_read'];
const credential = { name: 'testauth', integration: 'webex-myapp', scopes: declared };

function noted(scopes: Partial<ConsentRecord>): ConsentRecord {
  const unknown = { by: null, accessTokenSeconds: null, refreshTokenTtlSeconds: null };
  return { consentedAt: new Date(0), ...unknown, requestedScopes: null, grantedScopes: null, ...scopes };
}

it.each<[what: string, consent: ConsentRecord | undefined, missing: string[] | undefined, words: string | undefined]>([
  ['no record', undefined, undefined, undefined],
  ['a record of an earlier release', noted({}), undefined, undefined],
  [
    'all scopes, in another order and more',
    noted({ grantedScopes: ['spark:rooms_read', 'spark:kms', 'spark:people_read'] }),
    [],
    undefined,
  ],
  [
    'fewer scopes',
    noted({ grantedScopes: ['spark:people_read'] }),
    ['spark:rooms_read'],
    'its grant lacks "spark:rooms_read"',
  ],
  [
    'fewer scopes than were requested',
    noted({ requestedScopes: declared, grantedScopes: ['spark:kms'] }),
    declared,
    'its grant lacks "spark:people_read", "spark:rooms_read"',
  ],
  ['requested scopes alone', noted({ requestedScopes: declared }), undefined, undefined],
  [
    'a declaration that grew since an untold consent',
    noted({ requestedScopes: ['spark:people_read'] }),
    ['spark:rooms_read'],
    'its consent did not ask for "spark:rooms_read"',
  ],
  ['all scopes of a user', noted({ grantedScopes: ['spark:all'] }), [], undefined],
])('the look compares the declaration with %s', (_, consent, missing, words) => {
  const scopes = scopesOf(credential, consent);
  expect(scopes.missing).toEqual(missing);
  expect(scopes.granted).toEqual(consent?.grantedScopes ?? undefined);
  expect(missingWords(scopes)).toBe(words);
});
