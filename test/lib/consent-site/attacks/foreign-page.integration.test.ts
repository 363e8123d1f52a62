import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { browserDocument } from '../../../../lib/browser/browser-page';
import { replyHeaders } from '../../../../lib/browser/page-reply';
import { SiteCookie } from '../../../../lib/browser/site/site-cookie';
import { SiteServer } from '../../../../lib/browser/site/site-server';
import { freePort } from '../../../../lib/processes/free-port';
import { CertificateAuthority } from '../../../../lib/server/certificates/certificate-authority';
import { RecordingServer } from '../../../fixtures/loopback/recording-server';
import { NO_CHROMIUM, openChromium } from '../../../fixtures/pages/chromium';
import { describeUnless } from '../../../fixtures/runs/left-out';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

/* Pages of another site in the real Chromium, which try to use the site of a consent. */

describeUnless(NO_CHROMIUM)('a page of another site', () => {
  const folder = temporaryFolder();
  const MARK = 'Only the visitor may see this';
  const DOCUMENT = browserDocument({ status: 200, tone: 'good', title: MARK, text: MARK });
  /** Requests that the pages of the site got, with the cookie of the visitor. */
  const reached: string[] = [];
  let base: URL;
  let site: SiteServer;
  let foreign: RecordingServer;
  let foreignHtml = '';
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    const port = await freePort();
    base = new URL(`https://localhost:${port}/`);
    const ca = await CertificateAuthority.create();
    const names = { commonName: 'localhost', dnsNames: ['localhost'], ipAddresses: [] };
    const { certificatePem, privateKeyPem } = await ca.issue(names);
    const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    writeFileSync(certFile, certificatePem);
    writeFileSync(keyFile, privateKeyPem, { mode: 0o600 });
    site = await SiteServer.listen({
      base,
      redirectPaths: ['callback'],
      posts: ['logout'],
      listen: { host: '127.0.0.1', port },
      tls: { certFile, keyFile },
      answer: (request) => {
        const { method, path } = request;
        const visitor = request.cookie('visitor');
        reached.push(`${method} ${path} ${visitor ?? 'without a cookie'}`);
        const cookies = visitor === undefined && path === 'page' ? [new SiteCookie('visitor', 'v')] : [];
        return Promise.resolve({ status: 200, document: DOCUMENT, cookies });
      },
      onProblem: () => undefined,
    });
    foreign = await RecordingServer.start(({ url }, response) => {
      const { 'content-security-policy': policy = '' } = replyHeaders({ status: 200, document: DOCUMENT });
      if (url === '/policy') {
        response.setHeader('content-security-policy', policy);
      }
      response.setHeader('content-type', 'text/html').end(url === '/' ? foreignHtml : DOCUMENT.html);
    });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser.close();
    await foreign[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(new URL('page', base).href);
    reached.length = 0;
  });
  afterEach(() => context.close());

  /** Opens a page of the other site in the browser of the visitor. */
  async function openForeign(html: string) {
    foreignHtml = html;
    const page = await context.newPage();
    await page.goto(foreign.address);
    return page;
  }

  /** All that the page and its frames show. The load event waits for frames. */
  async function textsOf(page: Page): Promise<string> {
    // A frame without a page is detached.
    return (await Promise.all(page.frames().map((frame) => frame.content().catch(() => '')))).join();
  }

  it.each(['iframe src', 'embed src', 'object data'])(
    'shows nothing of the site in an element with %s',
    async (start) => {
      const page = await openForeign(`<h1>Win</h1><${start}="${new URL('page', base).href}">`);
      const texts = await textsOf(page);
      expect(texts).toContain('Win');
      expect(texts).not.toContain(MARK);
      expect(reached).toEqual([]);
    },
  );

  it.each([
    ['/policy', false],
    ['/none', true],
  ])('shows a page with the headers of %s in a frame: %s', async (path, isShown) => {
    // The policy stands alone here, as in a browser that does not say that it asks for a frame.
    const texts = await textsOf(await openForeign(`<h1>Win</h1><iframe src="${path}"></iframe>`));
    expect(texts.includes(MARK)).toBe(isShown);
  });

  it('reaches no redirect by an image, a script, a style or a request of a script', async () => {
    const address = new URL('callback?code=stolen&state=x', base).href;
    const page = await openForeign(
      `<img src="${address}"><script src="${address}"></script><link rel="stylesheet" href="${address}">`,
    );
    await page.evaluate(async (url) => {
      await fetch(url, { mode: 'no-cors', credentials: 'include' }).catch(() => undefined);
    }, address);
    expect(reached).toEqual([]);
  });

  it('reaches no form, and a form of another site has no cookie', async () => {
    const page = await openForeign(
      `<form method="post" action="${new URL('logout', base).href}"><button>Win</button></form>`,
    );
    await page.getByRole('button').click();
    await page.waitForURL(new URL('logout', base).href);
    expect(await page.textContent('h1')).toBe('Not allowed');
    expect(reached).toEqual([]);
  });

  it('leads to the redirect by a link, as Webex does, with the cookie of the visitor', async () => {
    const page = await openForeign(`<a href="${new URL('callback?code=c', base).href}">Back</a>`);
    await page.getByRole('link').click();
    await page.waitForURL(/callback/);
    expect(await page.textContent('h1')).toBe(MARK);
    expect(reached).toEqual(['GET callback v']);
  });
});
