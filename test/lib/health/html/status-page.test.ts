import { toHtml } from '../../../../lib/health/html/status-page';
import type { CredentialLine, Scopes } from '../../../../lib/health/report';
import { credentialLine, day, refusedLine, report } from '../../../fixtures/results/report';

const hostile = '<script>alert(1)</script> "x\' & y';

it('the page needs no other file, script or style', () => {
  const page = toHtml(report());
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\bstyle="|\bon\w+="|(?:src|href)=/i);
  expect(page).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-/);
});

it('the page escapes markup in everything that it shows', () => {
  const line = credentialLine({ detail: hostile, next: hostile, notes: [hostile], consentedBy: hostile });
  const page = toHtml(report({ credentials: [line], apps: [{ ...line, state: 'expired' }] }));
  expect(page).not.toContain('<script>');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;x&#39; &amp; y');
});

it('the picture draws consent, refreshes, token, failures and horizon of all grants on one scale', () => {
  const page = toHtml(report({ credentials: [credentialLine(), refusedLine({ tokens: credentialLine().tokens })] }));
  const [first = '', second = ''] = page.match(/<svg role="img"[^]*?<\/svg>/g) ?? [];
  expect(first.match(/class="refresh"/g)).toHaveLength(8);
  expect(first.match(/class="(?:consent|life|token|horizon)"/g)).toHaveLength(4);
  expect(first).not.toContain('class="failing"');
  expect(second).toContain('class="failing"');
  const consent = (svg: string): string | undefined => /class="consent" cx="([^"]+)"/.exec(svg)?.[1];
  expect(consent(first)).toMatch(/^\d+(\.\d+)?%$/);
  expect(consent(second)).toBe(consent(first));
});

it('the page describes the picture inside it and in a table beside it', () => {
  const page = toHtml(report());
  expect(page).toMatch(/<title id="grant-1-line-title">Timeline of testauth<\/title>/);
  expect(page).toMatch(
    /<desc id="grant-1-line-description">Consent: 2026-09-26 \(60 days ago\) by ada\.admin@example\.com\./,
  );
  expect(page).toContain('<th scope="row">Refreshes seen</th><td>8, the last 4 days ago</td>');
  expect(page).toContain(
    '<td>2026-12-25 (in 30 days), assuming a refresh does not extend refresh tokens (Webex does not say).</td>',
  );
});

it('the page shows the granted and the missing scopes, or that Webex did not tell them', () => {
  const declared = ['spark:people_read', 'spark:rooms_read'];
  const pageOf = (scopes?: Scopes): string => toHtml(report({ credentials: [credentialLine({ scopes })] }));
  const told = pageOf({ declared, granted: ['spark:people_read', hostile], missing: ['spark:rooms_read'] });
  expect(told).toContain('<th scope="row">Granted scopes</th><td>spark:people_read, &lt;script&gt;');
  expect(told).toContain('<th scope="row">Missing scopes</th><td>spark:rooms_read</td>');
  expect(pageOf({ declared })).toContain('<th scope="row">Granted scopes</th><td>not told</td>');
  expect(pageOf({ declared, granted: declared, missing: [] })).not.toContain('Missing scopes');
  expect(pageOf()).not.toContain('Granted scopes');
});

/** A credential with no other time than this one. */
function timed(time?: Date): CredentialLine {
  const horizon = time && { until: time };
  return credentialLine({ tokens: [], consentedAt: time, refreshedAt: time, expireTime: time, horizon });
}

it.each([
  ['no credential', []],
  ['one of which nothing is known', [timed()]],
  ['one that has no time at all', [timed(day(0))]],
])('the page stays valid with %s', (_, credentials) => {
  expect(toHtml(report({ credentials }))).not.toMatch(/NaN|undefined|Infinity|"-\d/);
});
