import type { Browser, Page } from 'playwright-core';
import { browserDocument, refusedPage } from '../../../../lib/browser/browser-page';
import { SiteServer } from '../../../../lib/browser/site/site-server';
import { siteCertificate } from '../../../fixtures/identities/site-certificate';
import { axeFindings } from '../../../fixtures/pages/axe';
import { openChromium } from '../../../fixtures/pages/chromium';
import { CONSENT_PAGES } from '../../../fixtures/pages/consent-pages';

/** All pages that the consent site may show, by their paths. */
const PAGES = { ...CONSENT_PAGES, 'short refusal': browserDocument(refusedPage('This redirect was used already.')) };
export type PageName = keyof typeof PAGES;
export const NAMES = Object.keys(PAGES) as PageName[];
export const WIDTHS = [320, 768, 1280] as const;
export const COLOR_SCHEMES = ['light', 'dark'] as const;
const BASE = new URL('https://grants.example.com/');

/** A site with those pages, in a window of Chromium. */
export class ShownPages implements AsyncDisposable {
  private constructor(
    private readonly site: SiteServer,
    private readonly browser: Browser,
    readonly page: Page,
    /** Complaints of the site, of the browser and of scripts. */
    readonly complaints: string[],
  ) {}

  /** @param folder folder for the certificate of the site */
  static async start(folder: string): Promise<ShownPages> {
    const complaints: string[] = [];
    const site = await SiteServer.listen({
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
    const browser = await openChromium({ [BASE.host]: site.address });
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    return new ShownPages(site, browser, page, complaints);
  }

  async open(name: PageName): Promise<void> {
    await this.page.goto(new URL(encodeURIComponent(name), BASE).href);
  }

  /** Findings of axe on the open page. */
  async findings(colorScheme: (typeof COLOR_SCHEMES)[number], width: (typeof WIDTHS)[number]): Promise<string[]> {
    await this.page.emulateMedia({ colorScheme });
    await this.page.setViewportSize({ width, height: 800 });
    return (await axeFindings(this.page)).map((each) => `${colorScheme}, ${width}: ${each}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.site[Symbol.asyncDispose]();
  }
}
