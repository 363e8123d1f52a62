import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/* A server in the place of Webex, in a process of its own. It answers with a person, or with as many bytes as asked. */

const PERSON = Buffer.from(
  JSON.stringify({ id: 'Y2lzY29zcGFyazovL3VzL1BFT1BMRS8'.repeat(3), emails: ['a@example.com'], bio: 'b'.repeat(700) }),
);
const PART = Buffer.alloc(65_536, 'x');

function stream(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  let left = bytes;
  const write = (): void => {
    while (left > 0) {
      const part = PART.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) {
        response.once('drain', write);
        return;
      }
    }
    response.end();
  };
  write();
}

const server = createServer((request, response) => {
  const bytes = /^\/v1\/contents\/(\d+)$/.exec(request.url ?? '')?.[1];
  if (bytes !== undefined) {
    stream(response, Number(bytes));
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': PERSON.length,
    trackingid: 'ROUTER_6601F3A2-0C01-4C9A-9F0A-000000000000',
    'cache-control': 'no-cache, no-store',
  });
  response.end(PERSON);
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit());
