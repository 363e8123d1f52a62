import type { BrowserPage } from '../../browser/browser-page';

/*
 * What the browser shows of a consent.
 */

export function authorizedPage(credentialName: string): BrowserPage {
  const text = `Vault keeps the grant of "${credentialName}" now. You can close this window; the terminal has the details.`;
  return { status: 200, tone: 'good', title: 'Authorized', text };
}
