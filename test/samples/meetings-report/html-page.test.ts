import { createHash } from 'node:crypto';
import { renderHtml } from '../../../samples/meetings-report/html-page';
import { renderTable } from '../../../samples/meetings-report/table';
import { directWebex, exampleReport, parsed } from '../../fixtures/results/meetings-report';

describe('the page', () => {
  it('allows its own style sheet and nothing else', async () => {
    const page = await renderHtml(await exampleReport());
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page.replaceAll('&#39;', "'")).toContain(`content="default-src 'none'; style-src 'sha256-${hash}';`);
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page).not.toMatch(/ style=|<script|<link|<img|<iframe|\son\w+=|ecmeta|@import/);
    expect(page.match(/(?:href|src)=/g)).toBeNull();
    expect(page.match(/url\(/g)).toBeNull();
  });

  it('says what, of when, by what time, compared with what, and from where', async () => {
    const page = await renderHtml(await exampleReport());
    const text = page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    expect(text).toContain('Webex meetings in October 2026');
    expect(text).toContain('1 to 31 October 2026, days in UTC');
    expect(text).toMatch(/[\d,]+ meetings were held, [\d.]+% (more|fewer) than in September 2026\./);
    expect(text).toContain('Compared with 1 to 30 September 2026: 22 weekdays then, 22 in this period.');
    expect(text).toContain('example.webex.com from analytics.webexapis.com');
    expect(text).toContain('Generated at 2026-11-23 10:00 UTC');
    expect(text).toContain('How often a person or a device joined a meeting.');
  });

  it('says that a month still runs', async () => {
    const page = await renderHtml(await exampleReport({ month: { year: 2026, month: 11 } }));
    expect(page).toContain('the month still runs');
    expect(page).toMatch(/than in the same days of October 2026/);
  });

  it('gives each chart a name, and every value in a table', async () => {
    const report = await exampleReport({ sites: ['example.webex.com', 'example-eu.webex.com'] });
    const page = await renderHtml(report);
    const images = page.match(/role="img" aria-label="Bar chart, [^"]+"/g) ?? [];
    expect(images).toHaveLength(page.match(/<svg/g)?.length ?? 0);
    expect(images.length).toBeGreaterThan(8);
    for (const { current } of report.sites) {
      expect(page).toContain(`<td>${(current.totalMeetings ?? 0).toLocaleString('en-GB')}</td>`);
    }
    expect(page.match(/<th scope="row">\w{3},? \d+ Oct<\/th>/g)).toHaveLength(31);
  });

  it('does without the days', async () => {
    expect(await renderHtml(await exampleReport({ daily: false }))).not.toContain('Day by day');
  });

  it('lets no name that Webex sends become markup', async () => {
    const evil = '<script>alert(1)</script>"\'&';
    const report = await exampleReport({
      webex: {
        json: async (url, reply) => {
          const metrics = {
            totalMeetings: 1,
            participantsByLocation: [{ country: evil, totalParticipants: 7 }],
            participantsByJoinMethods: { [evil]: 7 },
          };
          await directWebex.json(url, reply);
          return parsed(reply, { siteUrl: 'x', metrics });
        },
      },
    });
    const page = await renderHtml(report);
    expect(page).not.toMatch(/<script/i);
    expect(page).toContain('&lt;script&gt;');
  });
});

describe('the table', () => {
  it('fits a terminal and compares the months', async () => {
    const table = renderTable(await exampleReport());
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(table).toMatch(/2026-10-01 to 2026-10-31 \(UTC\), compared with 2026-09-01 to 2026-09-30/);
    expect(table).toMatch(/Meetings +│ +[\d,]+ │ +[\d,]+ │ +[+−][\d.]+%/);
    // eslint-disable-next-line no-control-regex -- no colors in a file
    expect(table).not.toMatch(/\u001b/);
  });

  it('adds several sites up', async () => {
    const table = renderTable(await exampleReport({ sites: ['example.webex.com', 'example-eu.webex.com'] }));
    expect(table).toContain('All 2 sites');
  });
});
