import { describeError, HttpTransport, NetworkError, noAnswer, ourCommand } from 'webex-token-client/core';
import type { Credential, Deployment } from '../../declaration/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import { askAsNobody } from '../../webex/reachable-webex';
import { checkWebexClock } from './clock';
import { Wrong, type Sound } from './examination';
import type { FoundIntegration } from './integration-check';

/*
 * Webex, as far as it tells without a person.
 */

const TIMEOUT_MS = 30_000;

/** @throws Wrong where it cannot be asked from here, or its clock is another */
export async function checkWebexReachable(
  { webex: { apiUrl } }: Deployment,
  now: () => Date,
  signal: AbortSignal,
): Promise<Sound<void>> {
  const date = await askAsNobody(apiUrl, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Wrong(
      `Webex cannot be asked from here (${describeError(error)})`,
      'set HTTPS_PROXY where a proxy leads there, or leave Webex out with --no-webex',
    );
  });
  return { detail: `${apiUrl} answers, and ${checkWebexClock(date, now())}`, found: undefined };
}

/**
 * Asks for the consent page, as a browser would, and goes no further: Webex refuses there a client or a redirect URL that
 * it does not know, and says by an error at the redirect URL that it does not know the scopes. What else it answers says
 * nothing here.
 *
 * @see https://developer.webex.com/docs/integrations#requesting-permission
 * @throws Wrong where no consent could be asked for
 */
export async function checkWebexClient(
  { webex: { apiUrl } }: Deployment,
  { integration, clientId }: FoundIntegration,
  credentials: readonly Credential[],
  signal: AbortSignal,
): Promise<Sound<void>> {
  const { name, redirectUrl } = integration;
  for (const scopes of new Set(credentials.map((credential) => credential.scopes.join(' ')))) {
    const url = new URL(`${apiUrl}/authorize`);
    const asked = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUrl,
      scope: scopes,
      state: 'doctor',
    };
    url.search = new URLSearchParams(asked).toString();
    const { status, location } = await ask(url, apiUrl, signal);
    const target = location !== undefined && URL.canParse(location) ? new URL(location) : undefined;
    if ([400, 401, 404].includes(status)) {
      throw new Wrong(
        `Webex shows no consent page for integration "${name}" (${status}): it does not know client id "${clientId}", or redirect URL ${redirectUrl} is not registered for it`,
        `correct them at developer.webex.com/my-apps or in ${declaringFile()}, then: ${ourCommand('deploy', 'webex-tokens')}`,
      );
    }
    const error = target?.href.startsWith(redirectUrl) === true ? target.searchParams.get('error') : null;
    if (error !== null) {
      throw new Wrong(
        `Webex would refuse a consent for integration "${name}" (${/^\w{1,40}$/.test(error) ? error : 'no error that is known'}), asked for scopes ${scopes}`,
        `register these scopes at developer.webex.com/my-apps, or correct them in ${declaringFile()}`,
      );
    }
  }
  return { detail: 'Webex asks for consent in its name', found: undefined };
}

async function ask(url: URL, apiUrl: string, signal: AbortSignal): Promise<{ status: number; location?: string }> {
  const transport = new HttpTransport();
  try {
    const headers = { accept: 'text/html' };
    const answer = await transport.send({ method: 'GET', url, headers, headersTimeoutMs: TIMEOUT_MS, signal });
    answer.body.cancel();
    return { status: answer.status, location: answer.headers.location };
  } catch (error) {
    throw error instanceof NetworkError ? noAnswer(apiUrl, error) : error;
  } finally {
    await transport.close();
  }
}
