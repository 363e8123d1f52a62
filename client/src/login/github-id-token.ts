import {
  NotPermitted,
  TemporarilyUnavailable,
  ExplainedError,
  HttpTransport,
  fieldsOf,
  textOf,
  NetworkError,
  isLoopback,
  retryAfterMs,
} from '#core';

const TIMEOUT_MS = 30_000;

/**
 * Returns the function `token` of `JwtLoginOptions` for a job on GitHub Actions. It requests a token that names the
 * workflow.
 *
 * @param audience the declared audience of the app
 * @throws ExplainedError if the job may not request a token. The function throws NotPermitted, TemporarilyUnavailable or
 *   ExplainedError
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export function githubIdToken(audience: string, env: NodeJS.ProcessEnv = process.env): () => Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env;
  if (!address || !bearer) {
    throw new ExplainedError(
      'this job may not request a token from GitHub (ACTIONS_ID_TOKEN_REQUEST_URL or ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set); give it "permissions: { id-token: write }" in its workflow',
    );
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && !isLoopback(url.hostname))) {
    throw new ExplainedError(
      'ACTIONS_ID_TOKEN_REQUEST_URL must be an https URL, got something else; leave it as GitHub has set it',
    );
  }
  url.searchParams.set('audience', audience);
  return () => ask(url, bearer);
}

async function ask(url: URL, bearer: string): Promise<string> {
  const transport = new HttpTransport();
  try {
    const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json' };
    const answer = await transport.send({ method: 'GET', url, headers, headersTimeoutMs: TIMEOUT_MS });
    const text = await answer.body.text();
    if (answer.status === 200) {
      return valueIn(text);
    }
    if (answer.status === 429 || answer.status >= 500) {
      const message = `GitHub could not give this job a token (${answer.status}); try again later`;
      throw new TemporarilyUnavailable(message, retryAfterMs(answer.headers['retry-after']));
    }
    throw new NotPermitted(
      `GitHub does not give this job a token (${answer.status}); check that the job has "permissions: { id-token: write }" and still runs`,
    );
  } catch (error) {
    if (!(error instanceof NetworkError)) {
      throw error;
    }
    const message = `no answer from GitHub at ${url.origin} to the request for a token (${error.code}); check the network, HTTPS_PROXY and NO_PROXY`;
    throw error.isTransient ? new TemporarilyUnavailable(message) : new ExplainedError(message);
  } finally {
    await transport.close();
  }
}

function valueIn(text: string): string {
  try {
    return textOf(fieldsOf(JSON.parse(text)).value);
  } catch {
    throw new ExplainedError(
      'the server of ACTIONS_ID_TOKEN_REQUEST_URL answered with something that is not a GitHub reply; leave the variable as GitHub has set it',
    );
  }
}
