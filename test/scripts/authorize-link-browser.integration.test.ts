import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import { axeFindings } from '../fixtures/pages/axe';
import { NO_CHROMIUM, openChromium } from '../fixtures/pages/chromium';
import { CommandRun } from '../fixtures/programs/command-run';
import { describeUnless } from '../fixtures/runs/left-out';
import { ConsentSiteWorld } from '../fixtures/worlds/consent-site-world';

const ADA = 'ada.admin@example.com';
const OTHER = 'blake.backup@example.com';

/** A phone. The certificate is that of a test. */
const PHONE = { ignoreHTTPSErrors: true, viewport: { width: 320, height: 640 }, isMobile: true };

describeUnless(NO_CHROMIUM)('an administrator who has only the link, in a real browser', () => {
  let world: ConsentSiteWorld;
  let command: CommandRun;
  let browser: Browser;
  let link: string;

  beforeAll(async () => {
    world = await ConsentSiteWorld.start([
      { name: 'owned', integration: 'webex-myapp', scopes: ['spark:people_read'], owner: ADA },
    ]);
    const { fixture, certFile, keyFile } = world;
    const secretFile = join(fixture.folder, 'client-secret');
    writeFileSync(secretFile, `${fixture.clientSecret}\n`, { mode: 0o600 });
    const options = ['--requester', 'Jana Novak', '--client-secret-file', secretFile, '--listen', '127.0.0.1:0'];
    command = new CommandRun('authorize', ['owned', ...options, '--tls-cert', certFile, '--tls-key', keyFile], {
      ...fixture.environment,
      VAULT_ADDR: fixture.server.address,
      VAULT_TOKEN: await fixture.operatorToken('authorizer'),
    });
    [, link = ''] = await command.says(/^ {2}(https:\/\/grants\.example\.com\/authorize\/\S+)$/m);
    const [, address = ''] = await command.says(/listens on (127\.0\.0\.1:\d+)\./);
    browser = await openChromium({ 'grants.example.com': address });
  });
  afterAll(async () => {
    await browser.close();
    command.kill('SIGINT');
    await command.result();
    await world[Symbol.asyncDispose]();
  });

  async function visit(javaScriptEnabled: boolean): Promise<Page> {
    const page = await (await browser.newContext({ ...PHONE, javaScriptEnabled })).newPage();
    await page.goto(link);
    return page;
  }

  async function acceptAs(page: Page, account: string): Promise<void> {
    await page.getByRole('link', { name: 'Continue to Webex' }).click();
    await page.getByLabel('Sign in as').selectOption(account);
    await page.getByRole('button', { name: 'Accept' }).click();
  }

  function heading(page: Page): Promise<string> {
    return page.getByRole('heading', { level: 1 }).innerText();
  }

  it('the administrator takes the wrong account, is told so, and consents with the right one, without JavaScript', async () => {
    const [page, other] = [await visit(false), await visit(true)];
    const sent: Request[] = [];
    page.on('request', (request) => sent.push(request));
    const words = await page.getByRole('main').innerText();
    for (const each of ['Jana Novak', 'owned', 'webex-myapp', ADA, 'spark:people_read']) {
      expect(words).toContain(each);
    }
    expect(words).toMatch(/ UTC, within \d+ minutes/);
    expect(words).toContain("Read your users' company directory");

    await acceptAs(page, OTHER);
    expect(await heading(page)).toBe('This is another account');
    expect(await page.getByRole('main').innerText()).toContain(OTHER);
    await other.reload();
    expect(await other.getByRole('main').innerText()).toContain('Somebody else tried this link');
    expect(await axeFindings(other)).toEqual([]);
    await page.getByRole('link', { name: 'Try again' }).click();
    expect(await page.getByRole('main').innerText()).not.toContain('Somebody else tried this link');

    await acceptAs(page, ADA);
    expect(await heading(page)).toBe('Your consent is stored');
    expect(await page.getByRole('main').innerText()).toContain(ADA);
    expect(new URL(page.url()).pathname).toBe('/callback');

    const atWebex = sent.filter((request) => request.url().startsWith(world.fixture.webex.url));
    const heads = await Promise.all(
      atWebex.map(async (request) => ({
        method: request.method(),
        url: request.url(),
        ...(await request.allHeaders()),
      })),
    );
    const fromSite = heads.filter(({ method }) => method === 'GET');
    expect(fromSite).toHaveLength(2);
    expect(fromSite.filter((head) => 'referer' in head)).toEqual([]);
    expect(JSON.stringify(heads)).not.toContain(link.replace(/.*\//, ''));

    const { exitCode, stdout, stderr } = await command.result();
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(ADA) as string });
    expect(stderr).toContain('An attempt failed');
  });
});
