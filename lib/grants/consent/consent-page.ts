import type { BrowserPage } from '../../browser/browser-page';

/*
 * What the browser shows of a consent.
 */

export function authorizedPage(credentialName: string): BrowserPage {
  const text = `Vault keeps the grant of "${credentialName}" now. You can close this window; the terminal has the details.`;
  return { status: 200, tone: 'good', title: 'Authorised', text };
}

/** After the first of two consents. @param next where the second one is asked for */
export function trialPage(credentialName: string, next: string): BrowserPage {
  const text = `The account is the right one, and "${credentialName}" is still as it was. Webex is asked once more, for the consent to keep.`;
  return { status: 200, tone: 'good', title: 'One more consent', text, next };
}

/** Where Webex does not consent again without asking. */
export function askedAgainPage(next: string): BrowserPage {
  return { status: 200, tone: 'good', title: 'One more consent', text: 'Webex wants to ask you once more.', next };
}
