import type { BrowserPage } from '../../browser/browser-page';

/*
 * Pages of a consent in the browser.
 */

export function authorizedPage(credentialName: string): BrowserPage {
  const text = `Vault keeps the grant of "${credentialName}" now. You can close this window; the terminal has the details.`;
  return { status: 200, tone: 'good', title: 'Authorized', text };
}
