import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { parseArgs } from 'node:util';
import { ExplainedError, type TokenSource, tokenSourceFromEnvironment, WebexFetch } from 'webex-token-client';
import { z } from 'zod';
import { note, runCommand, UsageError, WEBEX_API_URL } from './sample-command';

/*
 * A long-running program that reads the token for each request. Its page shows the account that authorized the credential.
 * The consent itself is a task of `webex-token-vault authorize`.
 */

const person = z.object({ displayName: z.string(), emails: z.array(z.string()) });

/** The page may have its own style, but no script, form or frame. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

void runCommand(async (signal) => {
  const { values } = parseArgs({
    options: { credential: { type: 'string', default: 'testauth' }, port: { type: 'string', default: '5000' } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`--port must be a whole number from 1 to 65535, got "${values.port}"; leave it out for 5000`);
  }
  await using tokens = tokenSourceFromEnvironment(values.credential, {
    // A person waits, and can reload the page.
    retry: { attempts: 2 },
    onWarning: (warning) => note(`warning: ${warning}`),
  });
  const server = createServer(answer(tokens, `localhost:${port}`)).listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new ExplainedError(`port ${port} on 127.0.0.1 is not available (${code}); choose another one with --port`);
  });
  note(`Open http://localhost:${port}/ in a browser; Ctrl-C ends it.`);
  await once(signal, 'abort');
  server.close();
  // Idle connections of browsers would keep this process alive.
  server.closeAllConnections();
});

function answer(tokens: TokenSource, host: string): RequestListener {
  const webex = new WebexFetch({ tokens, origins: [WEBEX_API_URL], retry: { attempts: 2 } });
  const show = async (): Promise<{ status: number; page: string }> => {
    try {
      const { displayName, emails } = await webex.json(`${WEBEX_API_URL}/people/me`, person);
      const { expireTime } = await tokens.token();
      const until = expireTime === undefined ? 'does not expire' : `is valid until ${expireTime.toISOString()}`;
      return { status: 200, page: renderPage(displayName, [emails.join(', '), `The access token ${until}.`]) };
    } catch (error) {
      const problem = error instanceof ExplainedError ? error.message : 'unexpected; see the terminal of this program';
      note(`error: ${error instanceof Error ? error.message : String(error)}`);
      return { status: 503, page: renderPage('The account cannot be shown', [problem]) };
    }
  };
  return (request, response) => {
    // Another host name can be a foreign page that resolves to loopback.
    if (request.headers.host !== host || request.url !== '/' || request.method !== 'GET') {
      response.writeHead(404, HEADERS).end(renderPage('Not found', [`Open http://${host}/.`]));
      return;
    }
    void show().then(({ status, page }) => response.writeHead(status, HEADERS).end(page));
  };
}

function renderPage(title: string, lines: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · people-me-web</title>
<style>:root { color-scheme: light dark } body { font: 1rem/1.5 system-ui; max-width: 34rem; margin: 3rem auto; padding: 0 1rem }</style>
<h1>${escaped(title)}</h1>
${lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
