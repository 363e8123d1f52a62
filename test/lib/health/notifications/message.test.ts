import { newsSince, type LookOutcome } from '../../../../lib/health/notifications/changes';
import { messageBody, waitingBody } from '../../../../lib/health/notifications/message';
import type { Report } from '../../../../lib/health/report';
import { credentialLine, refusedLine, report } from '../../../fixtures/results/report';

const FROM = 'https://vault.example.com:8200 (oauthapp)';

function body(format: 'webex' | 'json', changes: Partial<Report>): Record<string, unknown> {
  const found = report(changes);
  const outcome: LookOutcome = { at: found.lookedAt, report: found };
  return JSON.parse(messageBody(format, newsSince([], outcome), outcome, FROM)) as Record<string, unknown>;
}

it('the markdown says what is wrong and what to do', () => {
  const { markdown, ...others } = body('webex', { credentials: [refusedLine()] });
  expect(others).toEqual({});
  expect(markdown).toBe(
    [
      '**Webex grants: 1 to fix within days at https://vault.example.com:8200 (oauthapp)**\n',
      '- **soon** credential recordings: re-authorization required; Webex refuses to refresh it (first seen 2 days ago), and its token expires in 5 days: 3 attempt(s) to refresh this token failed, most recently: invalid\\_grant Next: `npx --no-install webex-token-vault authorize recordings --pkce --replace`',
    ].join('\n'),
  );
});

it('the markdown escapes emphasis, mentions and code in all texts', () => {
  const said = '<@all> *now* `x` [a](b)\n# c & ~d~';
  const { markdown } = body('webex', {
    credentials: [refusedLine({ detail: said, next: `npx --no-install webex-token-vault ${said}` })],
  });
  expect(markdown).toContain(
    '&lt;@all&gt; \\*now\\* \\`x\\` \\[a\\](b) \\# c &amp; \\~d\\~ Next: npx --no-install webex-token-vault &lt;@all&gt; \\*now',
  );
});

it.each(['webex', 'json'] as const)('the message of a thousand grants is cut and counts the rest (%s)', (format) => {
  const credentials = Array.from({ length: 1000 }, (_, index) => refusedLine({ name: `grant-${index}` }));
  const { markdown, text } = body(format, { credentials: [...credentials, credentialLine()] });
  const told = String(markdown ?? text);
  expect(Buffer.byteLength(told)).toBeLessThan(7439);
  const [, more] = /and (\d+) more: `?npx --no-install webex-token-vault status`?$/.exec(told) ?? [];
  expect((told.match(/grant-\d+: /g) ?? []).length + Number(more)).toBe(1000);
});

it('the JSON message has each change and the report', () => {
  expect(body('json', { credentials: [refusedLine()] })).toMatchObject({
    version: 1,
    text: expect.stringContaining('- soon credential recordings: re-authorization required; ') as string,
    changes: [{ kind: 'credential', name: 'recordings', before: null, severity: 'attention' }],
    report: { severity: 'attention', credentials: [{ name: 'recordings' }] },
  });
});

describe('the message about a consent that is waiting', () => {
  const waiting = [
    { credential: 'testauth', requester: '<@all> *Olga*\n# x', until: new Date('2026-12-02T09:30:00Z') },
  ];
  const sent = (...given: Parameters<typeof waitingBody>) =>
    JSON.parse(waitingBody(...given)) as Record<string, unknown>;

  it('the markdown names the person who asks, and escapes the name', () => {
    expect(sent('webex', waiting, FROM)).toEqual({
      markdown: [
        '**Webex grants: 1 consent is waiting at https://vault.example.com:8200 (oauthapp)**\n',
        '- credential testauth: &lt;@all&gt; \\*Olga\\* \\# x asks for it, until 2026-12-02T09:30:00.000Z\n',
        'Next: ask that person for the link, which is never posted here',
      ].join('\n'),
    });
  });

  it('the JSON has the fields of every message, and what is waiting', () => {
    expect(sent('json', waiting, FROM)).toMatchObject({
      version: 1,
      changes: [],
      report: null,
      waiting: [{ credential: 'testauth', requester: waiting[0]?.requester, until: '2026-12-02T09:30:00.000Z' }],
      site: null,
    });
  });

  it('the message of a site names the site, and counts what does not fit', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ credential: `grant-${index}` }));
    const { markdown } = sent('webex', many, FROM, new URL('https://grants.example.com/'));
    expect(markdown).toMatch(/^\*\*Webex grants: 1000 consents are waiting at /);
    expect(markdown).toMatch(/\n- and 950 more\n\nNext: log in at https:\/\/grants\.example\.com\/$/);
    expect(Buffer.byteLength(String(markdown))).toBeLessThan(7439);
  });
});
