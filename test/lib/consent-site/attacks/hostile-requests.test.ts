import { expectNothingFromLink, expectNothingFromPeople } from './hostile-callers';

/* The first requests of the generator. The others are in hostile-requests.long.test.ts. */

it('a thousand hostile requests get nothing, and the link still works', () => expectNothingFromLink(1000));

it('two hundred hostile requests get no page of people, no session and nothing from Vault', () =>
  expectNothingFromPeople(200));
