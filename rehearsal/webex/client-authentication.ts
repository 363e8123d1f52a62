import { OAuthRefusal } from './replies/oauth-answer';
import type { RegisteredApp } from './simulated-client';

/**
 * Identifies the client by its secret, in the body or in a Basic header.
 *
 * @throws OAuthRefusal if both, neither or wrong ones are given
 * @see RFC 6749, section 2.3.1
 */
export function authenticateClient<App extends RegisteredApp>(
  clients: readonly App[],
  form: URLSearchParams,
  authorization: string | undefined,
): App {
  if (authorization !== undefined && form.has('client_secret')) {
    throw new OAuthRefusal('invalid_request', 'the client authenticates twice; use the body or Basic, not both');
  }
  const [clientId, clientSecret] =
    authorization === undefined ? [form.get('client_id'), form.get('client_secret')] : basicCredentials(authorization);
  const client = clients.find((candidate) => candidate.clientId === clientId);
  if (client === undefined || clientSecret == null || !isSecretOf(client, clientSecret)) {
    const challenge: Record<string, string> =
      authorization === undefined ? {} : { 'WWW-Authenticate': 'Basic realm="webex"' };
    throw new OAuthRefusal('invalid_client', 'the client id or its secret is wrong or missing', 401, challenge);
  }
  if (form.has('client_id') && form.get('client_id') !== client.clientId) {
    throw new OAuthRefusal('invalid_request', 'client_id in the body is not the client of the Basic header');
  }
  return client;
}

export function isSecretOf({ clientSecret, formerSecret }: RegisteredApp, secret: string): boolean {
  return secret === clientSecret || secret === formerSecret;
}

function basicCredentials(authorization: string): [string, string] | [] {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  const [id, ...secret] = Buffer.from(encoded ?? '', 'base64')
    .toString()
    .split(':');
  try {
    return [decode(id ?? ''), decode(secret.join(':'))];
  } catch {
    // Invalid percent-encoding.
    return [];
  }
}

/** Both halves are form-encoded before they are joined. */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
