import { WaitingNotices } from '../../../../lib/cli/consent/waiting-notices';
import type { WaitingConsent } from '../../../../lib/health/notifications/message';
import { Webhook } from '../../../../lib/health/notifications/webhook';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { RecordingServer } from '../../../fixtures/loopback/recording-server';

const deployment = exampleDeployment();
const SITE = new URL('https://grants.example.com/');
const never = (credential: string): WaitingConsent => ({ credential, cause: 'never given' });

let status = 200;
let server: RecordingServer;
let notices: WaitingNotices;
beforeEach(async () => {
  status = 200;
  server = await RecordingServer.start((_, response) => response.writeHead(status).end());
  const webhook = Webhook.at(server.address, 'json');
  notices = new WaitingNotices({ webhook, deployment, address: 'https://vault.example.com:8200', site: SITE });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => server[Symbol.asyncDispose]());

function told(): unknown[] {
  return server.requests.map(({ body }) => (JSON.parse(body) as { waiting: unknown }).waiting);
}

it('a consent is told once, and once more after it was given meanwhile', async () => {
  await notices.tell([never('testauth')]);
  await notices.tell([never('testauth'), never('second')]);
  await notices.tell([never('second')]);
  await notices.tell([never('second'), never('testauth')]);
  expect(told()).toMatchObject([[never('testauth')], [never('second')], [never('testauth')]]);
});

it('a message that failed is sent again at the next look', async () => {
  await notices.tell([never('testauth')]);
  status = 500;
  await notices.tell([never('testauth'), never('second')]);
  status = 200;
  await notices.tell([never('testauth'), never('second')]);
  await notices.tell([never('testauth'), never('second')]);
  expect(told()).toMatchObject([[never('testauth')], [never('second')], [never('second')]]);
});

it('another cause is told anew', async () => {
  await notices.tell([never('testauth')]);
  await notices.tell([{ credential: 'testauth', cause: 'ended' }]);
  expect(told()).toMatchObject([[never('testauth')], [{ credential: 'testauth', cause: 'ended' }]]);
});

it('two looks at once send one message', async () => {
  await Promise.all([notices.tell([never('testauth')]), notices.tell([never('testauth')])]);
  expect(told()).toMatchObject([[never('testauth')]]);
});

it('the event of an organization is told with the change of the declaration', async () => {
  await notices.tellOrganization(
    'organization new-org authorized the Service App; next: add { name: "NAME", id: "new-org" }',
  );
  const [body] = server.requests.map((request) => JSON.parse(request.body) as { text: string });
  expect(body?.text).toBe(
    'Webex grants: an organization is waiting at https://vault.example.com:8200 (oauthapp)\n\n' +
      '- organization new-org authorized the Service App; next: add { name: "NAME", id: "new-org" }',
  );
});

it('an end stops a message that gets no answer, and says nothing', async () => {
  const over = new AbortController();
  await using silent = await RecordingServer.start(() => over.abort());
  const webhook = Webhook.at(silent.address, 'json');
  const waiting = new WaitingNotices({ webhook, deployment, address: 'https://vault.example.com:8200' });
  const said = jest.spyOn(process.stderr, 'write').mockClear();
  await waiting.tell([never('testauth')], over.signal);
  expect(silent.requests).toHaveLength(1);
  expect(said).not.toHaveBeenCalled();
});
