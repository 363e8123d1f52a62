import { createHash } from 'node:crypto';
import { PAGE_HEADERS, refusedPage, renderPage } from '../../../lib/browser/browser-page';
import { authorizedPage } from '../../../lib/grants/consent/consent';

it('the page has only the style that its content security policy allows', () => {
  const html = renderPage(authorizedPage('testauth'));
  const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(PAGE_HEADERS['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
  expect(html).not.toMatch(/\bstyle=|<link|<img|src=|href=|https?:/);
});

it("the page's title shows the outcome without color", () => {
  expect(renderPage(authorizedPage('testauth'))).toContain('<title>Authorized</title>');
  expect(renderPage(refusedPage('because'))).toContain('<title>Not authorized</title>');
});
