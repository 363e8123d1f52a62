import { changeText, csvCell, type Format, FORMATS, numberText } from '../../../samples/meetings-report/formats';
import { coverage } from '../../../samples/meetings-report/month';
import { exampleReport, parsed } from '../../fixtures/results/meetings-report';

const SITES = ['example.webex.com', 'example-eu.webex.com'];

const format = (name: string): Format => FORMATS[name] ?? (() => '');

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
])('the CSV format writes %p as %s', (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

it('the CSV format has a row for each site, period and figure', async () => {
  const report = await exampleReport({ sites: SITES });
  const rows = format('csv')(report).split('\r\n');
  expect(rows[0]).toBe('site,period,from,to,figure,value');
  expect(rows.at(-1)).toBe('');
  const meetings = report.sites[1]?.previous.totalMeetings ?? 0;
  expect(rows).toContain(`example-eu.webex.com,month before,2026-09-01,2026-09-30,totalMeetings,${meetings}`);
  expect(rows.filter((row) => /,day,.*,totalMeetings,/.test(row))).toHaveLength(62);
});

it('the CSV format has no row for an unknown figure', async () => {
  const report = await exampleReport({
    daily: false,
    webex: { json: (_, reply) => parsed(reply, { metrics: { totalMeetings: 1 } }) },
  });
  expect(format('csv')(report).split('\r\n')).toHaveLength(1 + 2 + 1);
});

it('the table compares the months and fits a terminal', async () => {
  const table = format('table')(await exampleReport({ sites: SITES }));
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(table).toContain('2026-10-01 to 2026-10-31 (UTC), compared with 2026-09-01 to 2026-09-30');
  expect(table).toMatch(/^Meetings +[\d,]+ +[\d,]+ +[+-][\d.]+%$/m);
  SITES.forEach((site) => expect(table).toContain(`\n${site}\n`));
});

it('the table says that the month is still running', async () => {
  const running = await exampleReport({ coverage: coverage('2026-11', new Date('2026-11-23T10:00:00Z')) });
  expect(format('table')(running)).toContain('the month still runs');
});

it('the page allows only its own style, and has every value in a table', async () => {
  const report = await exampleReport({ sites: SITES });
  const page = format('html')(report);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|@import|url\(|(?:href|src)=/);
  for (const { current } of report.sites) {
    expect(page).toContain(`<td>${(current.totalMeetings ?? 0).toLocaleString('en-GB')}</td>`);
  }
  expect(page.match(/<th scope="row">2026-10-\d\d<\/th>/g)).toHaveLength(2 * 31);
});

it('the page escapes the name of a site', async () => {
  const page = format('html')(await exampleReport({ daily: false, sites: ['<script>alert(1)</script>"&'] }));
  expect(page).not.toMatch(/<script/i);
  expect(page).toContain('&#60;script&#62;');
});

it('the formats show thousands with commas, minutes as hours, and an unknown figure as a dash', () => {
  expect(numberText(1234567)).toBe('1,234,567');
  expect(numberText(90, true)).toBe('2 h');
  expect(numberText(undefined)).toBe('–');
});

it.each([
  [110, 100, '+10.0%'],
  [95, 100, '-5.0%'],
  [100, 100, '0.0%'],
  [5, 0, '–'],
  [undefined, 100, '–'],
  [100, undefined, '–'],
])('the formats show the change from %p to %p as %s', (current, previous, shown) => {
  expect(changeText(current, previous)).toBe(shown);
});
