import { type AttackRow, testAttackTable, type TestedRow } from '../../../fixtures/wire-attacks/attack-table';
import { ANSWERS } from './answers';
import { FRAMING } from './framing';
import { HEADERS } from './headers';
import { TARGETS } from './targets';

/* The table of the threat model is made from the attacks that the tests beside this one send. */

/** Attacks by many, long or broken connections, with the tests that make them. */
const CONNECTIONS: readonly TestedRow[] = [
  {
    file: 'many-callers.test.ts',
    title: 'a thousand slow callers do not hold up a good one',
    row: ['slow heads, bodies and readers', 1000, 'a good request: 204', 'bodies and readers'],
  },
  {
    file: 'many-callers.test.ts',
    title: 'ten thousand wrong keys get a 401 each, and the right one still works',
    row: ['wrong keys', 10_000, '401', 'nothing'],
  },
  {
    file: 'broken-connections.test.ts',
    title: 'two hundred callers that leave at once leave no connection behind',
    row: ['callers that leave during an answer', 200, 'none', 'closed connections'],
  },
  {
    file: 'broken-connections.test.ts',
    title: 'a caller that leaves during its body leaves no whole request at the upstream',
    row: ['a caller that leaves during its body', 1, 'none', 'no whole request'],
  },
  {
    file: 'broken-connections.test.ts',
    title: 'bytes after a request do not get into the answer under way',
    row: ['bytes after a request, during its answer', 1, 'cut off', 'one request'],
  },
  {
    file: 'broken-connections.test.ts',
    title: 'an upstream that dies in the middle of an answer, %s, is visible to the caller',
    row: ['an upstream that dies during an answer', 2, 'cut off', 'one request'],
  },
  {
    file: 'large-body.long.test.ts',
    title: 'a body of 2 GB each way passes in constant memory',
    row: ['a body of 2 GB each way', 1, 'all bytes', 'all bytes'],
  },
];

const requests = [...FRAMING, ...TARGETS, ...HEADERS].map(({ attack, answer, upstream }): AttackRow => [
  attack,
  1,
  answer,
  upstream,
]);
const answers = ANSWERS.map(({ attack, answer }): AttackRow => [
  attack,
  1,
  answer === 'one' ? 'without it' : answer,
  'one request',
]);

testAttackTable(['attack', 'variants', 'answer', 'Webex got'], [...requests, ...answers], CONNECTIONS, __dirname);
