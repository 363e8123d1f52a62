import type { Page } from 'playwright-core';
import { axeFindings } from '../../../fixtures/pages/axe';
import { NO_CHROMIUM } from '../../../fixtures/pages/chromium';
import { describeUnless } from '../../../fixtures/runs/left-out';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';
import { NAMES, type PageName, ShownPages, WIDTHS } from './shown-pages';

describeUnless(NO_CHROMIUM)('the pages of the consent site in a real browser', () => {
  const folder = temporaryFolder();
  let shown: ShownPages;
  let page: Page;

  beforeAll(async () => {
    shown = await ShownPages.start(folder);
    ({ page } = shown);
  });
  afterEach(async () => {
    await page.emulateMedia({ media: null, colorScheme: null, forcedColors: null, reducedMotion: null });
    expect(shown.complaints.splice(0)).toEqual([]);
  });
  afterAll(() => shown[Symbol.asyncDispose]());

  const open = (name: PageName): Promise<void> => shown.open(name);

  // The other widths, and the dark scheme, are in pages-matrix.long.test.ts.
  it.each(NAMES)('axe finds nothing on the page "%s", on the narrowest width', async (name) => {
    await open(name);
    expect(await shown.findings('light', 320)).toEqual([]);
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
