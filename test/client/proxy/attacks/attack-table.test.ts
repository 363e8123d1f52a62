import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../../../../rehearsal/markdown-table';
import { ANSWERS } from './answers';
import { FRAMING } from './framing';
import { HEADERS } from './headers';
import { TARGETS } from './targets';

/* The table of the threat model is made from the attacks that the tests beside this one send. */

type Cells = readonly [attack: string, variants: number, answer: string, upstream: string];

/** Attacks by many, long or broken connections, with the tests that make them. */
const CONNECTIONS: readonly { readonly file: string; readonly title: string; readonly cells: Cells }[] = [
  {
    file: 'many-callers.test.ts',
    title: 'a thousand slow callers do not hold up a good one',
    cells: ['slow heads, bodies and readers', 1000, 'a good request: 204', 'bodies and readers'],
  },
  {
    file: 'many-callers.test.ts',
    title: 'ten thousand wrong keys get a 401 each, and the right one still works',
    cells: ['wrong keys', 10_000, '401', 'nothing'],
  },
  {
    file: 'broken-connections.test.ts',
    title: 'two hundred callers that leave at once leave no connection behind',
    cells: ['callers that leave during an answer', 200, 'none', 'closed connections'],
  },
  {
    file: 'broken-connections.test.ts',
    title: 'a caller that leaves during its body leaves no whole request at the upstream',
    cells: ['a caller that leaves during its body', 1, 'none', 'no whole request'],
  },
  {
    file: 'broken-connections.test.ts',
    title: 'bytes after a request do not get into the answer under way',
    cells: ['bytes after a request, during its answer', 1, 'cut off', 'one request'],
  },
  {
    file: 'broken-connections.test.ts',
    title: 'an upstream that dies in the middle of an answer, %s, is visible to the caller',
    cells: ['an upstream that dies during an answer', 2, 'cut off', 'one request'],
  },
  {
    file: 'proxy-program.integration.test.ts',
    title: 'a body of 2 GB each way passes in constant memory',
    cells: ['a body of 2 GB each way', 1, 'all bytes', 'all bytes'],
  },
];

const HEADINGS = ['attack', 'variants', 'answer', 'Webex got'];

function rows(): Cells[] {
  const requests = [...FRAMING, ...TARGETS, ...HEADERS].map(({ attack, answer, upstream }): Cells => [
    attack,
    1,
    answer,
    upstream,
  ]);
  const answers = ANSWERS.map(({ attack, answer }): Cells => [
    attack,
    1,
    answer === 'one' ? 'without it' : answer,
    'one request',
  ]);
  const byAttack = new Map<string, Cells>();
  for (const [attack, count, ...got] of [...requests, ...answers]) {
    byAttack.set(attack, [attack, count + (byAttack.get(attack)?.[1] ?? 0), ...got]);
  }
  return [...byAttack.values(), ...CONNECTIONS.map(({ cells }) => cells)];
}

it('the table of the threat model has every attack, and what it got', () => {
  const table = markdownTable(
    HEADINGS,
    rows().map((cells) => cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell))),
    ['variants'],
  );
  const page = readFileSync(join(__dirname, '../../../../docs/explanation/threat-model.md'), 'utf8');
  expect(page).toContain(`\n${table}\n`);
});

it.each(CONNECTIONS)('$file has the test "$title"', ({ file, title }) => {
  expect(readFileSync(join(__dirname, file), 'utf8')).toContain(`'${title}'`);
});

it('all variants of an attack get the same', () => {
  const got = new Map<string, Set<string>>();
  for (const { attack, answer, upstream } of [...FRAMING, ...TARGETS, ...HEADERS]) {
    got.set(attack, (got.get(attack) ?? new Set()).add(`${answer} ${upstream}`));
  }
  expect([...got].filter(([, each]) => each.size !== 1)).toEqual([]);
});
