import { ExplainedError } from '#core';
import type { Row } from '../../bench/results/row';
import { needed, NotHere, runSections, type Section } from '../../bench/run-sections';

const ROW: Row = { section: 'shell', what: 'webex-token', ours: 1, unit: 's' };

const measures = (...rows: Row[]): Section => ({ summary: 'measures', measure: () => Promise.resolve(rows) });
const fails = (error: Error): Section => ({ summary: 'fails', measure: () => Promise.reject(error) });

const quietly = { rounds: 1, tell: () => undefined };

it('a run measures all sections in order, or only the named ones', async () => {
  const sections = { first: measures(ROW), second: measures({ ...ROW, ours: 2 }) };
  expect((await runSections(sections, quietly)).rows.map(({ ours }) => ours)).toEqual([1, 2]);
  expect((await runSections(sections, { ...quietly, names: ['second'] })).rows.map(({ ours }) => ours)).toEqual([2]);
});

it('each progress line starts with the name of its section', async () => {
  const told: string[] = [];
  const sections: Record<string, Section> = {
    shell: {
      summary: 'measures',
      measure: ({ progress, skip }) => {
        progress('round 1/1');
        skip('no python3 on PATH');
        return Promise.resolve([ROW]);
      },
    },
  };
  const { skipped } = await runSections(sections, { ...quietly, tell: (line) => told.push(line) });
  expect(told).toEqual(['shell: round 1/1', 'shell: skipped: no python3 on PATH']);
  expect(skipped).toEqual(['shell: no python3 on PATH']);
});

it('a run keeps the rows of other sections if one section fails', async () => {
  const results = await runSections({ broken: fails(new Error('no answer\nat all')), shell: measures(ROW) }, quietly);
  expect(results).toMatchObject({ rows: [ROW], failed: ['broken: no answer at all'], skipped: [] });
});

it('a run skips a section whose requirements are missing on this machine', async () => {
  const results = await runSections({ shell: fails(new NotHere('there is no python3')) }, quietly);
  expect(results).toMatchObject({ failed: [], skipped: ['shell: there is no python3'] });
});

it('an explained error marks a requirement as missing, and any other error stays an error', async () => {
  await expect(needed(Promise.reject(new ExplainedError('no pip')))).rejects.toThrow(NotHere);
  await expect(needed(Promise.reject(new TypeError('a mistake')))).rejects.not.toBeInstanceOf(NotHere);
  await expect(needed(Promise.resolve(1))).resolves.toBe(1);
});
