import { declaredExample } from '../fixtures/declarations/declared-example';
import { runCommand } from '../fixtures/programs/command-run';

/* No Vault answers here. */

const oidc = { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['webex-admins'] } };
const integration = (name: string, redirectUrl: string) => ({ name, clientId: `client-of-${name}`, redirectUrl });
const here = integration('webex-myapp', 'https://grants.example.com/callback');
const there = integration('other', 'https://consent.example.org/webex/callback');
const serve = ['--serve', '--client-secrets', 'secrets/clients'];

it.each([
  ['needs an https redirectUrl', {}, serve, /no integration of .* has an https redirectUrl, so there is no site/],
  [
    'needs people who may log in',
    { integrations: [here], operators: { oidc: { ...oidc, groups: { observer: ['on-call'] } } } },
    serve,
    /declares no operators\.oidc\.groups\.authorizer; declare the groups/,
  ],
  ['needs an https redirectUrl before its secrets', {}, ['--serve'], /has an https redirectUrl, so there is no site/],
  [
    'is one of several',
    { integrations: [here, there], operators: { oidc } },
    serve,
    /has several sites.*"https:\/\/grants\.example\.com\/", "https:\/\/consent\.example\.org\/webex\/"/,
  ],
  [
    'has to be declared',
    { integrations: [here], operators: { oidc } },
    [...serve, '--site', 'https://elsewhere.example.com/'],
    /has no site at https:\/\/elsewhere\.example\.com\/, only at/,
  ],
  [
    'needs client secrets',
    { integrations: [here], operators: { oidc } },
    ['--serve'],
    /name the folder that has a private file for each integration with --client-secrets/,
  ],
  [
    'is encrypted on a network',
    { integrations: [here], operators: { oidc } },
    [...serve, '--listen', '0.0.0.0:8480'],
    /--listen 0\.0\.0\.0:8480 without a certificate/,
  ],
  [
    'records organizations only from events',
    { integrations: [here], operators: { oidc } },
    [...serve, '--organizations-state', 'organizations.json'],
    /--organizations-state needs --webhook-secret-file/,
  ],
])('a site %s', async (_, changes, args, message) => {
  const { exitCode, stderr, stdout } = await runCommand('consent', args, declaredExample(changes));
  expect(stderr).toMatch(message);
  expect([exitCode, stdout]).toEqual([2, '']);
});

it.each([
  [['--client-secrets', 'secrets/clients'], '--client-secrets'],
  [['--listen', '127.0.0.1:8480'], '--listen'],
  [['--tls-cert', 'site.pem'], '--tls-cert'],
])('the list takes no option of the site: %j', async (args, option) => {
  const { exitCode, stderr } = await runCommand('consent', args, declaredExample());
  expect(stderr).toContain(`${option} needs --serve`);
  expect(exitCode).toBe(2);
});
