import { csvCell, renderCsv } from '../../../samples/meetings-report/csv';
import { exampleReport, parsed } from '../../fixtures/results/meetings-report';

it.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
  [-5, '-5'],
  [0, '0'],
  ["Côte d'Ivoire", "Côte d'Ivoire"],
])('writes %p as %s', (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

it('has a row for each site, period and figure', async () => {
  const report = await exampleReport({ sites: ['example.webex.com', 'example-eu.webex.com'] });
  const csv = renderCsv(report);
  const rows = csv.split('\r\n');
  expect(rows[0]).toBe('site,period,from,to,figure,value');
  expect(rows.at(-1)).toBe('');
  expect(new Set(rows.slice(0, -1).map((row) => row.split(',').length))).toEqual(new Set([6]));
  const meetings = report.sites[1]?.previous.totalMeetings ?? 0;
  expect(rows).toContain(`example-eu.webex.com,month before,2026-09-01,2026-09-30,totalMeetings,${meetings}`);
  expect(rows.filter((row) => /,day,.*,totalMeetings,/.test(row))).toHaveLength(62);
  expect(rows.filter((row) => row.includes('participantsByLocation.Germany'))).toHaveLength(2 * (2 + 31));
});

it('has no row for what is unknown', async () => {
  const report = await exampleReport({
    daily: false,
    webex: { json: (_, reply) => parsed(reply, { siteUrl: 'x', metrics: { totalMeetings: 1 } }) },
  });
  expect(renderCsv(report).split('\r\n')).toHaveLength(1 + 2 + 1);
});
