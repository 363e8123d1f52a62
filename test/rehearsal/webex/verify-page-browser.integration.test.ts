import type { Browser } from 'playwright-core';
import { awaitDeviceGrant, beginDeviceGrant } from '../../../lib/webex/device-grant';
import { DeviceGrantDenied } from '../../../lib/webex/grant-errors';
import { NO_CHROMIUM, openChromium } from '../../fixtures/pages/chromium';
import { CLIENT, OTHER_ADMIN, startSimulator } from './simulated-login';
import { describeUnless } from '../../fixtures/runs/left-out';

const { clientId, clientSecret } = CLIENT;

describeUnless(NO_CHROMIUM)('the page of a device grant in a real browser', () => {
  let browser: Browser;
  beforeAll(async () => (browser = await openChromium()));
  afterAll(() => browser.close());

  it('the page lets a person type the code, read the client and its scopes, and accept', async () => {
    await using webex = await startSimulator();
    const { apiUrl } = webex;
    const grant = await beginDeviceGrant({ apiUrl, clientId, scopes: ['spark:people_read'] });
    const page = await browser.newPage();
    await page.goto(grant.verificationUri);
    await page.getByLabel('Code of six digits').fill(grant.userCode);
    await page.getByRole('button', { name: 'Next' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Token vault wants to use Webex for you');
    await page.getByLabel('Sign in as').selectOption(OTHER_ADMIN);
    await page.getByRole('button', { name: 'Accept' }).click();
    expect(await page.getByRole('status').innerText()).toBe('You have accepted');
    const pair = await awaitDeviceGrant({ apiUrl, grant, clientSecret });
    expect(webex.grants.findToken('access', pair.accessToken)?.grant.user.email).toBe(OTHER_ADMIN);
  });

  it('the page needs no typed code after the QR code, and shows a refusal', async () => {
    await using webex = await startSimulator();
    const { apiUrl } = webex;
    const grant = await beginDeviceGrant({ apiUrl, clientId, scopes: ['spark:people_read'] });
    const page = await browser.newPage({ viewport: { width: 360, height: 640 } });
    await page.goto(grant.verificationUriComplete ?? '');
    await page.getByRole('button', { name: 'Deny' }).click();
    expect(await page.getByRole('status').innerText()).toBe('You have denied');
    await expect(awaitDeviceGrant({ apiUrl, grant, clientSecret })).rejects.toThrow(DeviceGrantDenied);
    await page.goto(grant.verificationUriComplete ?? '');
    expect(await page.getByRole('alert').innerText()).toBe('No device waits with this code.');
  });
});
