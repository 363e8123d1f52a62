import { createHash } from 'node:crypto';
import { browserDocument, refusedPage } from '../../../lib/browser/browser-page';
import { replyHeaders, replyOf } from '../../../lib/browser/page-reply';
import { authorizedPage } from '../../../lib/grants/consent/consent';

it('the page has only the style that its content security policy allows', () => {
  const html = browserDocument(authorizedPage('testauth')).html;
  const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(replyHeaders(replyOf(authorizedPage('testauth')))['content-security-policy']).toContain(
    `style-src 'sha256-${hash}'`,
  );
  expect(html).not.toMatch(/\bstyle=|<link|<img|src=|href=|https?:/);
});

it("the page's title shows the outcome without color", () => {
  expect(browserDocument(authorizedPage('testauth')).html).toContain('<title>Authorized</title>');
  expect(browserDocument(refusedPage('because')).html).toContain('<title>Not authorized</title>');
});
