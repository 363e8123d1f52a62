import { type AttackRow, testAttackTable, type TestedRow } from '../../../fixtures/wire-attacks/attack-table';
import { NOTHING } from './attacked-link';
import { LINK_ATTACKS } from './link-attacks';
import { PEOPLE_ATTACKS } from './people-attacks';

/* The table of the threat model is made from the attacks that the tests beside this one send. */

/** Attacks by many, slow or several requests, and by a page in a browser. */
const OTHERS: readonly TestedRow[] = [
  {
    file: 'hostile-requests.long.test.ts',
    title: 'ten thousand hostile requests get nothing, and the link still works',
    row: ['hostile requests of a generator', 10_000, '4xx, 501 or none', NOTHING],
  },
  {
    file: 'hostile-requests.long.test.ts',
    title: 'two thousand hostile requests get no page of people, no session and nothing from Vault',
    row: ['hostile requests of a generator to people', 2000, '4xx, 501 or a login', NOTHING],
  },
  {
    file: 'many-visitors.test.ts',
    title: 'a thousand slow heads, bodies and readers do not hold up a good visitor',
    row: ['slow heads, bodies and readers', 1000, 'a good request: 200', NOTHING],
  },
  {
    file: 'many-visitors.test.ts',
    title: 'a browser that does not send its request in time is cut off',
    row: ['a request that does not arrive in time', 3, '408', NOTHING],
  },
  {
    file: 'many-visitors.test.ts',
    title: 'a thousand preview bots do not use up the link',
    row: ['preview bots with the link, by GET and HEAD', 1000, '200', 'the page, no consent'],
  },
  {
    file: 'many-visitors.test.ts',
    title: 'visits of a link do not fill the memory',
    row: ['visitors without an end', 1000, '200', 'the page, no memory'],
  },
  {
    file: 'many-visitors.test.ts',
    title: 'a hundred refusals of Webex end the link, so its attempts stay bounded',
    row: ['attempts without an end', 100, '410', NOTHING],
  },
  {
    file: 'link-visitors.test.ts',
    title: 'a wrong secret gets the same bytes as any unknown page',
    row: ['guesses of the link by one character', 46, '404', NOTHING],
  },
  {
    file: 'link-visitors.test.ts',
    title: 'a replayed redirect exchanges no second code',
    row: ['replays of a redirect', 4, 'the first page again', 'one code, once'],
  },
  {
    file: 'link-visitors.test.ts',
    title: 'a redirect after the end of the link exchanges nothing',
    row: ['a redirect after the end of the link', 1, '410', NOTHING],
  },
  {
    file: 'link-visitors.test.ts',
    title: 'a cookie that a stranger chose gives the stranger no state',
    row: ['a cookie that a stranger chose', 2, '400', NOTHING],
  },
  {
    file: 'people-attacks.test.ts',
    title: 'a login has a new cookie, so a cookie that a stranger planted has no session',
    row: ['a planted cookie of people', 1, 'a new cookie', NOTHING],
  },
  {
    file: 'people-attacks.test.ts',
    title: 'a replayed redirect of a login makes no second session',
    row: ['replays of the redirect of a login', 2, '400', NOTHING],
  },
  {
    file: 'people-attacks.test.ts',
    title: 'a thousand begun logins ask Vault for few addresses, and end no session',
    row: ['begun logins', 1000, '429 after the first', 'a few addresses'],
  },
  {
    file: 'foreign-page.integration.test.ts',
    title: 'shows nothing of the site in an element with %s',
    row: ['a frame of another site, in Chromium', 3, 'an empty frame', NOTHING],
  },
  {
    file: 'foreign-page.integration.test.ts',
    title: 'reaches no redirect by an image, a script, a style or a request of a script',
    row: ['parts of a page of another site, in Chromium', 4, '403', NOTHING],
  },
  {
    file: 'foreign-page.integration.test.ts',
    title: 'reaches no form, and a form of another site has no cookie',
    row: ['a form of another site, in Chromium', 1, '403', NOTHING],
  },
];

testAttackTable(
  ['attack', 'variants', 'answer', 'got past'],
  [...LINK_ATTACKS, ...PEOPLE_ATTACKS].map(({ attack, answer, past }): AttackRow => [attack, 1, answer, past]),
  OTHERS,
  __dirname,
);
