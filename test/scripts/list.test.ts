import { declaredExample } from '../fixtures/declarations/declared-example';
import { runCommand } from '../fixtures/programs/command-run';

/* No Vault answers here. */

const github = { audience: 'vault', repository: 'example/reports', ref: 'refs/heads/main' };
const declared = declaredExample({
  apps: [
    { name: 'people-me', reads: ['testauth'], allow: ['GET /v1/people/*', 'POST /v1/messages'] },
    { name: 'job', reads: ['testauth'], identity: { github } },
  ],
});

it('list prints each declared item on one line', async () => {
  const { exitCode, stdout } = await runCommand('list', [], declared);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^integration {2}webex-myapp +client id \S+; redirect URL http\S+$/m);
  expect(stdout).toMatch(/^credential {3}testauth +person; by webex-myapp; spark:/m);
  expect(stdout).toMatch(
    /^app {10}people-me +logs in by approle; reads testauth; allows GET \/v1\/people\/\*, POST \/v1\/messages$/m,
  );
  expect(stdout).toMatch(/^app {10}job +logs in by jwt; reads testauth$/m);
  expect(stdout).toMatch(/^operator {5}observer +runs "status"/m);
  expect(stdout).not.toContain('key shares');
  expect(stdout).toMatch(/^server {7}existing +at http\S+$/m);
});

it('list --json prints the same with a format version', async () => {
  const { stdout } = await runCommand('list', ['--json'], declared);
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    deployment: declared.DEPLOYMENT,
    integrations: [{ name: 'webex-myapp' }],
    credentials: [{ name: 'testauth', integration: 'webex-myapp', kind: 'person', owner: null }],
    apps: [
      {
        name: 'people-me',
        login: 'approle',
        reads: ['testauth'],
        allow: ['GET /v1/people/*', 'POST /v1/messages'],
      },
      { name: 'job', login: 'jwt', reads: ['testauth'], allow: null },
    ],
    operators: expect.arrayContaining([expect.objectContaining({ name: 'observer' })]) as unknown[],
  });
});

it('list shows the organization of a credential, and all credentials that an app reads by their family', async () => {
  const organizations = [{ name: 'acme', owner: 'admin@acme.example' }, { name: 'globex' }];
  const common = { integration: 'webex-myapp', scopes: ['spark:people_read'] };
  const family = declaredExample({
    credentials: [{ name: 'customers', organizations, ...common }],
    apps: [{ name: 'report', reads: ['customers'] }],
  });
  const { stdout } = await runCommand('list', [], family);
  expect(stdout).toMatch(
    /^credential +customers-acme +person of admin@acme\.example; organization acme of customers; by webex-myapp; spark:people_read$/m,
  );
  expect(stdout).toMatch(/^app +report +logs in by approle; reads customers-acme, customers-globex$/m);
  const json = JSON.parse((await runCommand('list', ['--json'], family)).stdout) as object;
  expect(json).toMatchObject({
    credentials: [
      { name: 'customers-acme', family: 'customers', organization_name: 'acme' },
      { name: 'customers-globex', family: 'customers', organization_name: 'globex' },
    ],
  });
});
