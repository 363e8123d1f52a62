import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exitCodeOf, WebexResponseError, WebexUnreachableError } from '#core';
import { peopleMe, type Person } from '../../../lib/webex/account-request';

const accessToken = 'the-access-token';

/** Requests `people/me` from a server with this answer. */
async function ask(answer: RequestListener, timeoutMs?: number): Promise<Person> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
  try {
    return await peopleMe({ apiUrl, accessToken, timeoutMs });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it('the request sends the token in the header, and the account keeps the needed fields', async () => {
  const person = { id: 'p', emails: ['a@example.com'], displayName: 'Ada', orgId: 'o', type: 'person' };
  let asked: unknown;
  const answer: RequestListener = ({ url, headers }, response) => {
    asked = [url, headers.authorization];
    response.end(JSON.stringify(person));
  };
  expect(await ask(answer)).toMatchObject({ id: 'p', displayName: 'Ada' });
  expect(asked).toEqual(['/v1/people/me', `Bearer ${accessToken}`]);
});

it('the account contains no control characters of a terminal', async () => {
  const person = { id: 'p', emails: ['a@example.com\u001b[2J'], displayName: 'Ada\r\nRoot', orgId: 'o\u009b' };
  await expect(ask((_, response) => response.end(JSON.stringify(person)))).resolves.toEqual({
    id: 'p',
    emails: ['a@example.com [2J'],
    displayName: 'Ada Root',
    orgId: 'o',
  });
});

it("the error repeats Webex's message without the quoted token", async () => {
  const body = { message: `no such token: ${accessToken}.`, trackingId: 'ROUTER_1' };
  const refused = ask((_, response) => response.writeHead(401).end(JSON.stringify(body)));
  await expect(refused).rejects.toThrow(
    'Webex answered 401 to people/me: no such token: [hidden] (tracking id ROUTER_1); the access token is not valid',
  );
  await expect(refused).rejects.toBeInstanceOf(WebexResponseError);
});

it.each<[string, RequestListener]>([
  ['a web page', (_, response) => response.end('<html>')],
  ['other JSON', (_, response) => response.end('{"id":1}')],
  ['an empty answer', (_, response) => response.end()],
])('the request reports %s as the answer of another server', async (_, answer) => {
  await expect(ask(answer)).rejects.toThrow(/with something that is not a Webex reply; check the Webex API URL/);
});

it('the request does not follow a redirect with the token', async () => {
  const visited: string[] = [];
  const answer: RequestListener = ({ url = '' }, response) => {
    visited.push(url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  };
  await expect(ask(answer)).rejects.toBeInstanceOf(WebexUnreachableError);
  expect(visited).toEqual(['/v1/people/me']);
});

it('the request gives up on a server that hangs up, is missing or never answers', async () => {
  await expect(ask(({ socket }) => socket.destroy())).rejects.toThrow(/no answer from Webex at .*check the network/);
  await expect(peopleMe({ apiUrl: 'http://127.0.0.1:1', accessToken })).rejects.toThrow(/no answer from Webex/);
  await expect(ask(() => undefined, 50)).rejects.toThrow(/no answer from Webex at .* \(timeout\)/);
});

it.each([
  [401, 1],
  [403, 1],
  [429, 4],
  [500, 4],
  [503, 4],
])('status %d of Webex ends the command with exit code %d', async (status, exitCode) => {
  const refused = ask((_, response) => response.writeHead(status).end('{}'));
  expect(await refused.catch((error: unknown) => exitCodeOf(error as Error))).toBe(exitCode);
});
