import { isCommandLine, oneLine } from '#core';
import { describeDay, describeDistance } from '../relative-time';
import { linesOf, MARKS, unhealthyOnes, type CredentialLine, type Kind, type Line, type Report } from '../report';
import { markup, Markup } from '../../browser/markup';
import { styleSource } from '../../browser/browser-page';
import { STYLE } from './style';
import { refreshesOf, sign, spanOf, timeline, type Span } from './timeline';

/*
 * The report as one self-contained HTML page, for people who get only the file. Each grant has a timeline.
 */

export function toHtml(report: Report): string {
  const { lookedAt, address, mountPath, credentials } = report;
  const lines = linesOf(report);
  const span = spanOf(credentials, lookedAt);
  const time = `${lookedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const title = `Webex grants at ${new URL(address).host}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}: ${summary(report)}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="muted">Engine ${mountPath}, at <time datetime="${lookedAt.toISOString()}">${time}</time></p>
<p class="summary ${report.severity}">${summary(report)}</p>
</header>
<main>
${todo(lines)}
<h2>Grants</h2>
${credentials.length === 0 ? markup`<p>No credential is declared.</p>` : markup`${key()}${credentials.map((line, index) => grant(line, span, lookedAt, `grant-${index + 1}`))}`}
<h2>Server, apps and operators</h2>
${rest(lines.filter(({ kind }) => kind !== 'credential'))}
</main>
<footer>
<p>Times are in UTC. A refresh appears at the first look after it. <code>webex-token-vault status --html</code> wrote this page. It holds no token, but the names of people: keep it private.</p>
</footer>
</body>
</html>
`.text;
}

/** The policy allows only this style sheet: no script, no request, no form. */
function contentSecurityPolicy(): string {
  return `default-src 'none'; style-src ${styleSource(STYLE)}; base-uri 'none'; form-action 'none'`;
}

function summary(report: Report): string {
  return unhealthyOnes(linesOf(report).map(({ line }) => line.severity)) || 'all is healthy';
}

function todo(lines: readonly { readonly kind: Kind; readonly line: Line }[]): Markup {
  const open = lines.filter(({ line }) => line.next !== undefined);
  return open.length === 0
    ? markup``
    : markup`<h2>What to do</h2>
<ul class="todo card">
${open.map(({ kind, line }) => markup`<li>${kind} <strong>${line.name}</strong>: ${stateOf(line)}<br>${nextOf(line)}</li>\n`)}</ul>`;
}

function nextOf({ next = '' }: Line): Markup {
  return isCommandLine(next) ? markup`<code>${oneLine(next)}</code>` : markup`${oneLine(next)}`;
}

function key(): Markup {
  const signs = [
    ['consent', 'consent'],
    ['refresh', 'refresh seen'],
    ['token', 'life of the access token'],
    ['life', 'life of the grant'],
    ['failing', 'refreshing fails'],
    ['horizon', 'horizon: the grant expires then if every refresh fails from now on'],
    ['now', 'now'],
  ] as const;
  return markup`<ul class="key">${signs.map(([kind, meaning]) => markup`<li>${sign(kind)}${meaning}</li>`)}</ul>\n`;
}

function grant(line: CredentialLine, span: Span, now: Date, id: string): Markup {
  const facts = factsOf(line, now).map(([fact, value]) => [fact, oneLine(value)] as const);
  const description = facts.map(([name, value]) => `${name}: ${value}`).join('. ');
  return markup`<section class="card grant" aria-labelledby="${id}">
<header><h3 id="${id}">${line.name}</h3> ${stateOf(line)} <span class="muted">of ${line.integration}</span>
<p>${oneLine(line.detail)}</p>${line.notes.map((note) => markup`<p class="muted">${oneLine(note)}</p>`)}</header>
${timeline(line, span, now, `${id}-line`, description)}
<table><caption>Times and scopes of ${line.name}</caption><tbody>
${facts.map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table>
</section>
`;
}

function factsOf(line: CredentialLine, now: Date): readonly (readonly [name: string, value: string])[] {
  const { consentedAt, consentedBy, refreshedAt, expireTime, failingSince, horizon, scopes, verified } = line;
  const refreshes = refreshesOf(line);
  const lastSeen = refreshes.at(-1);
  const withoutExpiry = line.severity === 'healthy' ? 'it never expires' : 'no token works';
  const by = consentedBy === undefined ? '' : ` by ${consentedBy}`;
  const assuming = horizon?.assumption === undefined ? '' : `, assuming ${horizon.assumption}.`;
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    ['Consent', consentedAt ? `${describeDay(consentedAt, now)}${by}` : 'unknown'],
    ['Refreshes seen', lastSeen ? `${refreshes.length}, the last ${describeDistance(lastSeen, now)}` : 'none'],
    ['Token since', refreshedAt && describeDay(refreshedAt, now)],
    ['Failing since', failingSince && describeDay(failingSince, now)],
    ['Token until', expireTime ? describeDay(expireTime, now) : withoutExpiry],
    ['Horizon', horizon ? `${describeDay(horizon.until, now)}${assuming}` : 'unknown'],
    ['Granted scopes', scopes && (scopes.granted?.join(', ') ?? 'not told')],
    ['Missing scopes', scopes?.missing?.join(', ') || undefined],
    ['Account', verified && `${verified.email} of ${verified.organization}`],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function rest(lines: readonly { readonly kind: Kind; readonly line: Line }[]): Markup {
  return markup`<div class="card"><table class="rest"><caption>Server, engine, integrations, apps, operators, people and backup</caption>
<thead><tr><th scope="col">Name</th><th scope="col">State</th><th scope="col">Detail</th></tr></thead>
<tbody>
${lines.map(({ kind, line }) => markup`<tr><th scope="row">${kind} ${line.name}</th><td>${stateOf(line)}</td><td>${[line.detail, ...line.notes].map(oneLine).join('; ')}</td></tr>\n`)}</tbody></table></div>`;
}

/** The state in words, because not everybody sees the color. */
function stateOf(line: Line): Markup {
  const mark = line.severity === 'healthy' ? '' : ` (${MARKS[line.severity].toLowerCase()})`;
  return markup`<span class="state ${line.severity}">${line.state}${mark}</span>`;
}
