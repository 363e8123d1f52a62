import { expectNothingFromLink, expectNothingFromPeople } from './hostile-callers';

/* All hostile requests that the threat model counts. */

it('ten thousand hostile requests get nothing, and the link still works', () => expectNothingFromLink(10_000));

it('two thousand hostile requests get no page of people, no session and nothing from Vault', () =>
  expectNothingFromPeople(2000));
