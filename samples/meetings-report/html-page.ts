import { html, raw } from 'hono/html';
import { createHash } from 'node:crypto';
import { countriesSection, joinMethodsSection, sitesSection } from './comparison-section';
import { daysSection } from './days-section';
import { cards, figuresSection } from './figures-section';
import { STYLE } from './html-style';
import { daysOf, isWeekend, monthName, parseMonth, periodName, type Period } from './month';
import { change, formatChange, formatFigure } from './number-format';
import type { Report } from './report';

/** The report as one page that needs nothing else, for people who were only sent the file. */
export async function renderHtml(report: Report): Promise<string> {
  const names = report.sites.map(({ siteUrl }) => siteUrl).join(', ');
  const title = `Webex meetings in ${monthName(parseMonth(report.month))}`;
  const several = report.sites.length > 1;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title} – ${names}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="period">
            ${names}<br />
            ${periodName(report.period)}${report.complete ? '' : ' (the month still runs)'}, days in UTC
          </p>
          <p class="summary">${summary(report)}</p>
        </header>
        <main>
          ${cards(report)} ${daysSection(report)} ${several ? sitesSection(report) : ''} ${joinMethodsSection(report)}
          ${countriesSection(report)}
          ${figuresSection(report, several ? 'All figures, all sites together' : 'All figures', report.total, true)}
          ${several ? report.sites.map((site) => figuresSection(report, site.siteUrl, site, false)) : ''}
        </main>
        <footer>
          <p>
            Source: Webex Historical Analytics, meeting metrics of
            ${report.sites.map(({ siteUrl, source }) => `${siteUrl} from ${new URL(source).host}`).join('; ')}. Figures
            of the last days may still change there.
          </p>
          <p>
            Compared with ${periodName(report.comparedWith)}: ${weekdays(report.comparedWith)} weekdays then,
            ${weekdays(report.period)} in this period. Generated at
            <time datetime="${report.generatedAt}">${report.generatedAt.slice(0, 16).replace('T', ' ')} UTC</time>.
          </p>
        </footer>
      </body>
    </html> `;
  return String(await page);
}

/** Nothing but this very style sheet: no script, no request, no form. */
function contentSecurityPolicy(): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function summary(report: Report): string {
  const { current, previous } = report.total;
  const part = change(current.totalMeetings, previous.totalMeetings);
  const before = monthName(parseMonth(report.previousMonth));
  const than = report.complete ? before : `the same days of ${before}`;
  const more = part === undefined ? '' : `, ${describeChange(part)} ${than}`;
  return `${formatFigure(current.totalMeetings)} meetings were held${more}. ${formatFigure(current.totalUniqueHosts)} hosts started them, and people and devices joined ${formatFigure(current.totalParticipants)} times.`;
}

function describeChange(part: number): string {
  const percent = formatChange(part).replace(/^[+−]/, '');
  return Math.abs(part) < 0.0005 ? 'as many as in' : `${percent} ${part > 0 ? 'more' : 'fewer'} than in`;
}

/** Months differ in them, which alone makes a difference of some percent. */
function weekdays(period: Period): number {
  return daysOf(period).filter((day) => !isWeekend(day)).length;
}
