import type { Browser, BrowserContext, Page } from 'playwright-core';
import { browserDocument, refusedPage } from '../../../../lib/browser/browser-page';
import { SiteServer } from '../../../../lib/browser/site/site-server';
import { siteCertificate } from '../../../fixtures/identities/site-certificate';
import { axeFindings } from '../../../fixtures/pages/axe';
import { NO_CHROMIUM, openChromium } from '../../../fixtures/pages/chromium';
import { CONSENT_PAGES } from '../../../fixtures/pages/consent-pages';
import { describeUnless } from '../../../fixtures/runs/left-out';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

/** All pages that the consent site may show, by their paths. */
const PAGES = { ...CONSENT_PAGES, 'short refusal': browserDocument(refusedPage('This redirect was used already.')) };
const NAMES = Object.keys(PAGES) as (keyof typeof PAGES)[];
const WIDTHS = [320, 768, 1280];
const BASE = new URL('https://grants.example.com/');

describeUnless(NO_CHROMIUM)('the pages of the consent site in a real browser', () => {
  const folder = temporaryFolder();
  const complaints: string[] = [];
  let site: SiteServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    site = await SiteServer.listen({
      base: BASE,
      redirectPaths: [],
      listen: { host: '127.0.0.1', port: 0 },
      tls: await siteCertificate(folder, BASE.host),
      answer: ({ path }) => {
        const name = NAMES.find((each) => encodeURIComponent(each) === path);
        return Promise.resolve(name && { status: 200, document: PAGES[name] });
      },
      onProblem: (line) => complaints.push(line),
    });
    browser = await openChromium({ [BASE.host]: site.address });
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterEach(async () => {
    await page.emulateMedia({ media: null, colorScheme: null, forcedColors: null, reducedMotion: null });
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  async function open(name: keyof typeof PAGES): Promise<void> {
    await page.goto(new URL(encodeURIComponent(name), BASE).href);
  }

  it.each(NAMES)('axe finds nothing on the page "%s", on each width, in light and dark', async (name) => {
    await open(name);
    const findings: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        findings.push(...(await axeFindings(page)).map((each) => `${colorScheme}, ${width}: ${each}`));
      }
    }
    expect(findings).toEqual([]);
  });

  it('axe finds what is wrong with a page', async () => {
    await open('consent');
    await page.evaluate(() => {
      document.querySelector('.button')?.replaceChildren();
      document.documentElement.removeAttribute('lang');
    });
    const found = (await axeFindings(page)).map((finding) => finding.split(':')[0]);
    expect(found).toEqual(expect.arrayContaining(['html-has-lang', 'link-name']));
  });

  /** The elements that are wider than the window, or whose text is cut off. */
  function overflowing(): Promise<string[]> {
    return page.evaluate(() =>
      [...document.querySelectorAll('body, body *')]
        .filter((element) => {
          const { left, right } = element.getBoundingClientRect();
          const isCut = getComputedStyle(element).overflowX === 'hidden' && element.scrollWidth > element.clientWidth;
          return left < 0 || right > document.documentElement.clientWidth || isCut;
        })
        .map((element) => element.outerHTML.slice(0, 100)),
    );
  }

  it.each(NAMES)('the page "%s" needs no horizontal scroll, also with letters of twice the size', async (name) => {
    await open(name);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      for (const letters of ['100%', '200%']) {
        await page.evaluate((size) => (document.documentElement.style.fontSize = size), letters);
        expect({ width, letters, overflowing: await overflowing() }).toEqual({ width, letters, overflowing: [] });
      }
    }
  });

  it.each(NAMES)('the Tab key reaches each control of the page "%s", with a visible focus', async (name) => {
    await open(name);
    const controls = await page.locator('a, button, input:not([type=hidden])').count();
    const reached: unknown[] = [];
    for (let count = 0; count < controls; count++) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate(() => {
          const focused = document.activeElement;
          const { outlineStyle, outlineWidth } = getComputedStyle(focused ?? document.body);
          const all = [...document.querySelectorAll('a, button, input:not([type=hidden])')];
          return { place: focused && all.indexOf(focused), outlineStyle, outlineWidth };
        }),
      );
    }
    expect(reached).toEqual(
      Array.from({ length: controls }, (_, place) => ({ place, outlineStyle: 'solid', outlineWidth: '3px' })),
    );
  });

  it.each(['consent', 'waiting'] as const)('the page "%s" keeps its controls in forced colors', async (name) => {
    await page.emulateMedia({ forcedColors: 'active' });
    await open(name);
    const borders = await page
      .locator('.button')
      .evaluateAll((buttons) =>
        buttons.map((button) => [
          getComputedStyle(button).borderTopStyle,
          getComputedStyle(button).borderTopColor !== getComputedStyle(document.body).backgroundColor,
        ]),
      );
    expect(borders.length).toBeGreaterThan(0);
    expect(new Set(borders.map(String))).toEqual(new Set(['solid,true']));
  });

  it('nothing moves on a page', async () => {
    await open('crowded consent');
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration !== '0s' || animationName !== 'none';
      }),
    );
    expect(moving).toEqual([]);
  });

  it('a page is white on paper, and its links stay readable', async () => {
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    await open('consent');
    const colors = await page.evaluate(() =>
      ['body', 'main'].map((name) => getComputedStyle(document.querySelector(name) ?? document.body).backgroundColor),
    );
    expect(colors).toEqual(['rgb(255, 255, 255)', 'rgb(255, 255, 255)']);
    expect(await axeFindings(page)).toEqual([]);
  });

  it('the page has landmarks, one heading of the first level and a list of the scopes for a screen reader', async () => {
    await open('crowded consent');
    for (const landmark of ['banner', 'main', 'contentinfo'] as const) {
      expect(await page.getByRole(landmark).count()).toBe(1);
    }
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    const list = page.getByRole('list', { name: 'It asks for these 40 scopes' });
    expect(await list.getByRole('listitem').count()).toBe(40);
    expect(await page.title()).toBe('A request for your consent in Webex');
  });
});
