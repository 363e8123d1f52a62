import { ExplainedError } from 'webex-token-client/core';

/**
 * Opens the consent page, fills in its form and sends it, as a browser would.
 *
 * @returns where the answer redirects to
 * @throws ExplainedError with the page's words, where it is an error page
 */
export async function consentAsPerson(authorizeUrl: string, email: string, decision: string): Promise<string> {
  const page = await fetch(authorizeUrl, { redirect: 'manual' });
  const text = await page.text();
  const transaction = /name="transaction" value="([^"]+)"/.exec(text)?.[1];
  if (transaction === undefined) {
    return locationOf(page, text);
  }
  const url = new URL(authorizeUrl);
  const answer = await fetch(url.origin + url.pathname, {
    method: 'POST',
    body: new URLSearchParams({ transaction, user: email, decision }),
    redirect: 'manual',
  });
  return locationOf(answer, await answer.text());
}

function locationOf(response: Response, text: string): string {
  const location = response.headers.get('location');
  if (location === null) {
    const problem = /role="alert">([^<]*)</.exec(text)?.[1] ?? 'no reason given';
    throw new ExplainedError(
      `the Webex simulator answered the authorization request with status ${response.status} (${problem}); correct the request`,
    );
  }
  return location;
}
