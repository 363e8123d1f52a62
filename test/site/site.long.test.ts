import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type FinishedCommand, run } from '../../lib/processes/child-process';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { NO_CHROMIUM, openChromium } from '../fixtures/pages/chromium';
import { paleTexts } from '../fixtures/pages/contrast';
import { SiteServer } from '../fixtures/pages/site-server';
import { describeUnless } from '../fixtures/runs/left-out';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/** Runs a script of site/, which installs its packages from the lock file on first use. */
function runSiteScript(
  script: string,
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<FinishedCommand> {
  // Jest sets NODE_ENV, and Vite would build for it.
  return run(process.execPath, [join(PROJECT_FOLDER, 'site', script), ...args], {
    env: { ...process.env, NODE_ENV: undefined, ...env },
  });
}

function buildSite(SITE_OUTPUT: string, pages: Readonly<Record<string, string>> = {}): Promise<FinishedCommand> {
  const names = Object.keys(pages);
  const folder = names.length > 0 ? temporaryFolder() : PROJECT_FOLDER;
  names.forEach((name) => writeFileSync(join(folder, name), pages[name] ?? ''));
  return runSiteScript('site.mjs', { SITE_OUTPUT, SITE_PAGES: folder });
}

it('the reference of the client is what its exports and their comments give', async () => {
  const file = join(temporaryFolder(), 'client.md');
  expect(await runSiteScript('client-reference.mjs', {}, file)).toMatchObject({ exitCode: 0 });

  // If it fails: run "npm run reference:client", and commit the file that it writes.
  expect(readFileSync(join(PROJECT_FOLDER, 'docs/reference/client.md'), 'utf8')).toBe(readFileSync(file, 'utf8'));
});

describe('npm run site', () => {
  it('the build fails if a page links to a file or heading that does not exist, and takes other links', async () => {
    const links = ['nowhere.md', '#nowhere', 'nowhere.ts', 'CHANGELOG.md#one--two', '#title', 'main.ts'];
    const text = links.map((link) => `[link](${link})`).join('\n');
    const output = temporaryFolder();
    const pages = { 'README.md': `# Title\n\n${text}\n`, 'CHANGELOG.md': '# Log\n\n## One & two\n', 'main.ts': '' };
    const { exitCode, stderr } = await buildSite(output, pages);

    expect(stderr.match(/^error: .*/gm)).toEqual([
      'error: index.html links to ./nowhere.html, and there is no such page; correct the link',
      'error: index.html links to #nowhere, and index.html has no heading with that anchor; correct the link',
      'error: index.html links to nowhere.ts, and there is no such page; correct the link',
    ]);
    expect(exitCode).toBe(1);
    const html = readFileSync(join(output, 'index.html'), 'utf8');
    expect(html).toContain('href="/CHANGELOG.html#one--two"');
    expect(html).not.toContain('main.ts"');
  });
});

/** The text of a page. Its code may quote a mark of a test. */
function textWithoutCode(page: Page): Promise<string> {
  return page.locator('.vp-doc').evaluate((article) => {
    const copy = article.cloneNode(true) as Element;
    copy.querySelectorAll('code').forEach((code) => code.remove());
    return copy.textContent;
  });
}

describeUnless(NO_CHROMIUM)('the site in a real browser', () => {
  const output = temporaryFolder();
  const complaints: string[] = [];
  let server: SiteServer;
  let browser: Browser;
  let page: Page;
  const pages = (): string[] =>
    readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!^404)\.html$/.test(name));

  beforeAll(async () => {
    const { exitCode, stdout, stderr } = await buildSite(output);
    expect(exitCode === 0 ? '' : `${stdout}${stderr}`).toBe('');
    server = await SiteServer.serve(output);
    browser = await openChromium();
    page = await browser.newPage({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    page.on('console', (message) => complaints.push(`${page.url()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on('request', (request) => {
      if (!/^data:/.test(request.url()) && !request.url().startsWith(`${server.address}/`)) {
        complaints.push(`${page.url()} requests ${request.url()}`);
      }
    });
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  it('each page fits the width of a phone, shows no mark of a test and is readable in the dark', async () => {
    expect(pages()).toEqual(expect.arrayContaining(['index.html', 'client/index.html', 'CHANGELOG.html']));
    for (const name of pages()) {
      await page.goto(`${server.address}/${name}`, { waitUntil: 'networkidle' });
      expect({ name, width: await page.evaluate(() => document.documentElement.scrollWidth) }).toEqual({
        name,
        width: 390,
      });
      expect(await page.locator('html').getAttribute('class')).toContain('dark');
      expect({ name, marks: (await textWithoutCode(page)).match(/<!--.*/g) }).toEqual({ name, marks: null });
      expect({ name, pale: await paleTexts(page, '.vp-doc', 4.5) }).toEqual({ name, pale: [] });
    }
  });

  it('the menu opens on a phone, and leads to a page', async () => {
    await page.goto(server.address, { waitUntil: 'networkidle' });
    const link = page.locator('.VPSidebar').getByRole('link', { name: 'Changelog' });
    expect((await link.boundingBox())?.x).toBeLessThan(0);

    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await link.click();
    await page.waitForURL('**/CHANGELOG.html');
  });

  it('the search finds a field of the declaration', async () => {
    await page.goto(server.address, { waitUntil: 'networkidle' });
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('searchbox').fill('manageProvisioner');
    await page.locator('.VPLocalSearchBox a[href*="/reference/declaration"]').first().click();
    await page.waitForURL('**/docs/reference/declaration.html*');
  });
});
