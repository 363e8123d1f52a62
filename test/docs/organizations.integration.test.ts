import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { WebexSimulator } from '../../rehearsal/webex/webex-simulator';
import { snippet } from '../fixtures/pages/code-block';
import { Typist } from '../fixtures/pages/typist';
import { prometheusUnavailable, promtool } from '../fixtures/programs/prometheus';
import { describeUnless } from '../fixtures/runs/left-out';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { ASKING_CLIENT, login, SERVICE_APP, startSimulator } from '../rehearsal/webex/simulated-login';

/* The commands and the query of docs/tasks/organizations.md. */

const CLIENT = { ...ASKING_CLIENT, scopes: ['application:webhooks_read', 'application:webhooks_write'] };
const webhooks = z.object({ items: z.array(z.record(z.string(), z.string())) });

let webex: WebexSimulator;

beforeAll(async () => {
  webex = await startSimulator({ clients: [CLIENT] });
});
afterAll(() => webex.stop());

it('the typed commands register both events, with a secret that stays in its private file', async () => {
  using typist = new Typist();
  const file = (name: string): string => join(typist.folder, 'secrets', name);
  const { access_token: token } = await login(webex, { client: CLIENT, scope: CLIENT.scopes.join(' ') });
  mkdirSync(file(''));
  writeFileSync(file('webex-header'), `Authorization: Bearer ${token}\n`, { mode: 0o600 });
  await typist.types('docs/tasks/organizations.md', 'webhook-secret');
  expect(statSync(file('webhook-secret')).mode & 0o777).toBe(0o600);
  const screen = await typist.types('docs/tasks/organizations.md', 'webhook-registration', {
    instead: { 'https://webexapis.com/v1': webex.apiUrl, 'Y2lzY29zcGFyazovL...': SERVICE_APP.applicationId },
  });
  const answer = await fetch(`${webex.apiUrl}/webhooks`, { headers: { Authorization: `Bearer ${token}` } });
  const secret = readFileSync(file('webhook-secret'), 'utf8').trim();
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(screen).toContain('"status":"active"');
  expect(screen).not.toContain(secret);
  expect(webhooks.parse(await answer.json()).items).toMatchObject(
    ['authorized', 'deauthorized'].map((event) => ({
      event,
      secret,
      targetUrl: 'https://grants.example.com/webhooks/service-apps',
      filter: `id=${SERVICE_APP.applicationId}`,
    })),
  );
});

describeUnless(prometheusUnavailable())('the query of the page', () => {
  it('has the organization beside the severity of a credential', () => {
    const labels = 'credential="people-me-acme",integration="people-bot"';
    const tests = {
      tests: [
        {
          input_series: [
            { series: `webex_token_vault_credential_severity{${labels}}`, values: '2' },
            {
              series: `webex_token_vault_credential_organization{${labels},family="people-me",organization="acme"}`,
              values: '1',
            },
          ],
          promql_expr_test: [
            {
              expr: snippet('docs/tasks/organizations.md', 'organization-query'),
              eval_time: '0m',
              exp_samples: [{ labels: `{${labels},organization="acme"}`, value: 2 }],
            },
          ],
        },
      ],
    };
    // JSON is YAML.
    const file = join(temporaryFolder(), 'query.test.yml');
    writeFileSync(file, JSON.stringify(tests));
    expect(promtool(['test', 'rules', file])).toEqual({
      exitCode: 0,
      said: expect.stringContaining('SUCCESS') as string,
    });
  });
});
