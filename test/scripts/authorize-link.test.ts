import { deploymentInFile } from '../../rehearsal/written-deployment';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { runCommand } from '../fixtures/programs/command-run';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/*
 * Wrong usage of a link. Nobody is asked for anything, and no server is needed.
 */

const shared = { integration: 'webex-myapp', scopes: ['spark:people_read'] };
const deployment = exampleDeployment({
  integrations: [{ name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'https://grants.example.com/callback' }],
  credentials: [
    { name: 'testauth', ...shared, owner: 'ada.admin@example.com' },
    { name: 'anybodys', ...shared },
  ],
});

it.each([
  [
    ['testauth', '--no-browser'],
    /^error: --no-browser has no effect, because the redirect URL of integration "webex-myapp"/,
  ],
  [['testauth', '--no-open'], /^error: --no-open has no effect, because .* and the command prints a link to send\n$/],
  [['anybodys'], /^error: credential "anybodys" has no owner, .* authorize anybodys --device\n$/],
  [['testauth', '--timeout', '25h'], /^error: --timeout of a link must be at most 1d \(86400 s\), got 90000 s/],
  [['testauth', '--listen', '0.0.0.0:1'], /^error: --listen 0\.0\.0\.0:1 without a certificate would carry codes/],
  [['testauth', '--tls-cert', 'a.pem'], /^error: --tls-cert needs --tls-key/],
  [
    ['testauth', '--notify'],
    /^error: --notify needs a webhook; name it in WEBEX_TOKEN_VAULT_WEBHOOK or with --webhook/,
  ],
  [
    ['testauth', '--device', '--listen', '1'],
    /^error: --listen needs a link, and no link is sent this way; leave it out/,
  ],
  [['testauth', '--import', '--notify'], /^error: --notify needs a link, .* leave out --import\n$/],
])('authorize %j says in one line what is wrong', async (args, message) => {
  const environment = { ...deploymentInFile(temporaryFolder(), deployment), VAULT_TOKEN: 'a-token' };
  const { exitCode, stdout, stderr } = await runCommand('authorize', args, environment);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});
