import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { toHtml } from '../../../../lib/health/html/status-page';
import { NO_CHROMIUM, openChromium } from '../../../fixtures/pages/chromium';
import { describeUnless } from '../../../fixtures/runs/left-out';
import { credentialLine, refusedLine, report } from '../../../fixtures/results/report';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

describeUnless(NO_CHROMIUM)('the page in a real browser', () => {
  const folder = temporaryFolder();
  const complaints: string[] = [];
  const asked: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const file = join(folder, 'grants.html');
    writeFileSync(file, toHtml(report({ credentials: [credentialLine(), refusedLine()] })));
    browser = await openChromium();
    page = await browser.newPage({ colorScheme: 'light' });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${file}`);
  });
  afterAll(() => browser.close());

  it('the page keeps its style, loads no other resource and violates no content security policy', async () => {
    expect(
      await page
        .locator('.card')
        .first()
        .evaluate((card) => getComputedStyle(card).borderTopStyle),
    ).toBe('solid');
    expect(complaints).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it.each([1280, 320])('the page fits a window %i pixels wide', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it("the page breaks the horizon's text only between words", async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    const broken = await page.evaluate(() => {
      const text = document.evaluate("//td[contains(., 'assuming')]/text()", document).iterateNext() as Text;
      const range = document.createRange();
      return [...text.data.matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        return range.getClientRects().length > 1 ? [word] : [];
      });
    });
    expect(broken).toEqual([]);
  });

  it('the picture and its table have accessible names', async () => {
    const picture = page.getByRole('img', { name: /Timeline of testauth/ });
    expect(await picture.count()).toBe(1);
    expect(await page.getByRole('table', { name: 'Times and scopes of testauth' }).count()).toBe(1);
  });

  it('the page is dark in the dark color scheme, and white on paper', async () => {
    const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).toBe('rgb(18, 22, 28)');
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect(await background()).toBe('rgb(255, 255, 255)');
  });
});
