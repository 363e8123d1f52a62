import { consentPage } from '../../../../lib/consent-site/pages/consent-page';
import { CONSENT_PAGES, consentRequest, HOSTILE_NAME, NOW } from '../../../fixtures/pages/consent-pages';

/** The words of a page, as a person reads them. */
function wordsOf(html: string): string {
  const body = html.slice(html.indexOf('<body>')).replace(/<(\/?(?:bdi|strong|em|span|time)\b[^>]*)>/g, '');
  return body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

it('the page says who asks, for which account and credential, as which integration, with which scopes and until when', () => {
  const request = consentRequest({ organization: 'Example Organization' });
  const words = wordsOf(consentPage(request).html);
  const { requester, owner, credential, integration, clientId } = request;
  for (const each of [requester, owner, credential, integration, clientId, 'Example Organization']) {
    expect(words).toContain(each);
  }
  expect(words).toContain('2026-12-02 08:30 UTC, within 45 minutes');
  expect(words).toContain('these 3 scopes');
  expect(words).toContain('List the titles of rooms that you are in spark:rooms_read');
  expect(words).toContain('No words of Webex are known for it spark:made_up');
  expect(words).not.toContain('replaces');
  expect(words).not.toContain('Somebody else');
});

it('a request that a person found on the list names nobody who asks', () => {
  const words = wordsOf(consentPage(consentRequest({ requester: undefined, othersBegan: NOW })).html);
  expect(words).toContain('Programs need a consent to use Webex as');
  expect(words).not.toMatch(/asks you|by phone|Ask /);
});

it('the page has one link, which leads to Webex', () => {
  const request = consentRequest();
  const { html } = consentPage(request);
  expect(html.match(/href="[^"]*"/g)).toEqual([`href="${request.href.replaceAll('&', '&amp;')}"`]);
  expect(html).not.toMatch(/<(?:form|script|link|img|input)\b/);
});

it('the page says that a working consent is replaced, and that another browser tried the link', () => {
  const words = wordsOf(
    consentPage(consentRequest({ replaces: true, othersBegan: new Date('2026-12-02T07:40:00Z') })).html,
  );
  expect(words).toContain('It replaces a consent that works');
  expect(words).toContain('Somebody else tried this link Another browser used it 2026-12-02 07:40 UTC, 5 minutes ago');
});

it('a name stays text, on one line and in its own direction', () => {
  const { html } = consentPage(consentRequest({ requester: HOSTILE_NAME }));
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<b>');
  expect(html).toContain('<bdi>&quot;&gt;&lt;script&gt;document.title=1&lt;/script&gt;שרה כהן &amp;');
});

it.each(Object.entries(CONSENT_PAGES))(
  'the page "%s" has no script, no style of an element and no resource',
  (_, page) => {
    expect(page.html).not.toMatch(/<(?:script|link|img|iframe)\b|\bstyle=|\bon\w+=/);
    expect(page.html).toContain(`<style>${page.style}</style>`);
    expect(page.html.match(/<h1>/g)).toHaveLength(1);
  },
);
