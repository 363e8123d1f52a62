import { ExplainedError } from '#core';

/**
 * Opens the consent page and submits its form, as a browser would.
 *
 * @returns the redirect's target
 * @throws ExplainedError with the text of an error page
 */
export async function consentAsPerson(authorizeUrl: string, email: string, decision: string): Promise<string> {
  const page = await fetch(authorizeUrl, { redirect: 'manual' });
  const text = await page.text();
  const transaction = transactionIn(text);
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

/** Enters the code of a device grant and answers. @throws ExplainedError with the text of an error page */
export async function confirmAsPerson(
  verifyUrl: string,
  userCode: string,
  email: string,
  decision: string,
): Promise<void> {
  const page = await fetch(verifyUrl, { method: 'POST', body: new URLSearchParams({ userCode }) });
  const text = await page.text();
  const transaction = transactionIn(text);
  if (transaction === undefined) {
    throw refusal('the code of a device', page, text);
  }
  const body = new URLSearchParams({ transaction, user: email, decision });
  const answer = await fetch(verifyUrl, { method: 'POST', body });
  const said = await answer.text();
  if (!answer.ok) {
    throw refusal('the code of a device', answer, said);
  }
}

function transactionIn(text: string): string | undefined {
  return /name="transaction" value="([^"]+)"/.exec(text)?.[1];
}

function locationOf(response: Response, text: string): string {
  const location = response.headers.get('location');
  if (location === null) {
    throw refusal('the authorization request', response, text);
  }
  return location;
}

function refusal(what: string, { status }: Response, text: string): ExplainedError {
  const problem = /role="alert">([^<]*)</.exec(text)?.[1] ?? 'no reason given';
  return new ExplainedError(
    `the Webex simulator answered ${what} with status ${status} (${problem}); correct the request`,
  );
}
