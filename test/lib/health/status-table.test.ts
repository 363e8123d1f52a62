import { toTable } from '../../../lib/health/status-table';
import { credentialLine, day, refusedLine, report } from '../../fixtures/results/report';

const long = report({ credentials: [credentialLine(), refusedLine()] });

it('the table puts each entry on one line, so that it can be filtered', () => {
  expect(toTable(long).split('\n')).toHaveLength(9);
  expect(toTable(long)).toContain(
    'invalid_grant; refreshed 9 days ago; grant until 2026-11-30 (in 5 days); consent by ada',
  );
});

it('the table wraps the details in their column if the terminal is wide enough', () => {
  const lines = toTable(long, { columns: 120 }).split('\n');
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
  const start = lines[0]?.indexOf('2.7.2') ?? 0;
  const at = lines.findIndex((line) => line.includes('credential recordings'));
  expect(lines[at]?.slice(start)).toMatch(/^Webex refuses to refresh/);
  expect(lines[at + 1]?.slice(0, start + 1)).toMatch(/^ +\S$/);
});

it('the table puts the details below their line in a narrow terminal', () => {
  const lines = toTable(long, { columns: 80 }).split('\n');
  // A command is not wrapped, because users paste it.
  expect(lines.filter((line) => line.length > 80 && !line.includes(': npx '))).toEqual([]);
  expect(lines).toContain('soon    credential recordings  re-authorization required');
  expect(lines).toContain('          Webex refuses to refresh it (first seen 2 days ago), and its token');
});

it('the table colors only the marks', () => {
  const table = toTable(long, { colors: true });
  // eslint-disable-next-line no-control-regex -- the escape sequence is the point
  expect(table.replace(/\u001b\[\d+m/g, '')).toBe(toTable(long));
  expect(table).toContain('\u001b[33msoon    \u001b[39mcredential recordings');
});

describe('where it has to fit', () => {
  const many = report({
    credentials: [...Array.from({ length: 1000 }, (_, index) => credentialLine({ name: `c${index}` })), refusedLine()],
  });

  it('the table leaves out healthy lines from the end, and says how many', () => {
    const lines = toTable(many, { columns: 200, rows: 20 }).split('\n');
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines[0]).toMatch(/^ok {6}server /);
    expect(lines).toContainEqual(expect.stringMatching(/^soon {4}credential recordings /));
    expect(lines).toContainEqual(expect.stringMatching(/^ok {6}and 9\d\d more healthy lines$/));
    expect(lines.at(-1)).toBe(
      '  credential recordings: npx --no-install webex-token-vault authorize recordings --pkce --replace',
    );
  });

  it('the table says how many lines remain if the unhealthy ones do not fit', () => {
    const lines = toTable(many, { columns: 200, rows: 3 }).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/^\.\.\. and \d+ more lines; make the terminal higher to see them$/);
  });
});

it('the table tells a token of a consent from a token of a refresh, as the page does', () => {
  const consented = credentialLine({ tokens: [{ firstSeenAt: day(-4), expireTime: day(10) }] });
  expect(toTable(report({ credentials: [consented] }))).toContain('in 10 days; token issued 4 days ago; grant until');
  expect(toTable(report())).toContain('in 10 days; refreshed 4 days ago; grant until');
});
