import type { SimulatedClient } from './simulated-client';

/** Checked parameters of `GET /v1/authorize`. */
export interface AuthorizationRequest {
  readonly client: SimulatedClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state?: string;
  /** PKCE's SHA-256 of the verifier. */
  readonly challenge?: string;
  readonly loginHint?: string;
}

/** Refused before a person is asked. */
export class AuthorizationRequestError extends Error {
  constructor(
    readonly code: 'access_denied' | 'invalid_request' | 'invalid_scope' | 'unsupported_response_type',
    message: string,
    /** Target of the refusal. @default - none, because the redirect URL is not known to be the client's */
    readonly redirect?: { redirectUri: string; state?: string },
  ) {
    super(message);
  }
}

/** @throws AuthorizationRequestError */
export function parseAuthorizationRequest(
  query: URLSearchParams,
  clients: readonly SimulatedClient[],
): AuthorizationRequest {
  const client = clients.find((candidate) => candidate.clientId === single(query, 'client_id'));
  if (!client) {
    throw new AuthorizationRequestError('invalid_request', 'No client of this client_id is registered.');
  }
  const redirectUri = single(query, 'redirect_uri');
  if (redirectUri === undefined || !client.redirectUrls.includes(redirectUri)) {
    throw new AuthorizationRequestError('invalid_request', 'The redirect_uri is not one that the client registered.');
  }
  const state = single(query, 'state');
  const refuse = (code: AuthorizationRequestError['code'], message: string): never => {
    throw new AuthorizationRequestError(code, message, { redirectUri, state });
  };

  const names = [...query.keys()];
  if (new Set(names).size !== names.length) {
    refuse('invalid_request', 'A parameter is there twice.');
  }
  const responseType = query.get('response_type');
  if (responseType !== 'code') {
    refuse(responseType === null ? 'invalid_request' : 'unsupported_response_type', 'The response_type must be code.');
  }
  const scopes = [...new Set((query.get('scope') ?? '').split(' ').filter((scope) => scope !== ''))];
  if (scopes.length === 0 || !scopes.every((scope) => client.scopes.includes(scope))) {
    refuse('invalid_scope', 'The scope is missing, or not all of it is registered for the client.');
  }
  const loginHint = query.get('login_hint') ?? undefined;
  return { client, redirectUri, scopes, state, loginHint, challenge: readChallenge(query, refuse) };
}

/** @see RFC 7636, sections 4.2 and 4.3; the method `plain` is refused, because nobody here uses it */
function readChallenge(
  query: URLSearchParams,
  refuse: (code: 'invalid_request', message: string) => never,
): string | undefined {
  const [challenge, method] = [query.get('code_challenge'), query.get('code_challenge_method')];
  if (challenge === null && method === null) {
    return undefined;
  }
  if (method !== 'S256') {
    return refuse('invalid_request', 'The code_challenge_method must be S256.');
  }
  if (challenge === null || !/^[\w.~-]{43,128}$/.test(challenge)) {
    return refuse('invalid_request', 'The code_challenge must be 43 to 128 letters, digits, "-", ".", "_" or "~".');
  }
  return challenge;
}

/** A repeated parameter counts as missing. */
function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}
