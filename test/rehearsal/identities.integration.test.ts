import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { loginAs } from 'webex-token-client';
import { run } from '../../lib/processes/child-process';
import { appEnvironmentFile, rehearsedApps, writeShellEnvironment } from '../../rehearsal/shell-environment';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { findServer } from '../../rehearsal/server/server-binary';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { appliedRehearsal } from '../fixtures/worlds/applied-rehearsal';

/* A declaration with identities, rehearsed without its issuers and clusters. */

const [ca = ''] = rootCertificates;
const cluster = { address: 'https://10.0.0.1:6443', caPem: ca };

let rehearsal: Rehearsal;
let binary: string;

beforeAll(async () => {
  binary = await findServer();
  const claims = { '/deep/er~1est': ['a', 'b'], team: 'blue' };
  rehearsal = await appliedRehearsal(
    exampleDeployment({
      apps: [
        { name: 'workload', reads: ['testauth'], identity: { cert: { caPem: ca, uris: ['spiffe://example.org/a'] } } },
        { name: 'job', reads: ['testauth'], identity: { github: { repository: 'a/b', ref: 'refs/heads/main' } } },
        {
          name: 'machine',
          reads: ['testauth'],
          identity: { jwt: { issuer: 'https://i.example', audience: 'v', claims, userClaim: 'team' } },
        },
        {
          name: 'pod',
          reads: ['testauth'],
          identity: {
            kubernetes: { manageMethod: false, cluster, serviceAccounts: ['a'], namespaces: ['b'], audience: 'v' },
          },
        },
        { name: 'people-me', reads: ['testauth'] },
      ],
    }),
  );
});

afterAll(() => rehearsal[Symbol.asyncDispose]());

it.each(['job', 'machine', 'pod', 'people-me'])('app %s logs in', async (name) => {
  const app = rehearsal.deployment.apps.find((each) => each.name === name);
  const login = loginAs(rehearsal.admin.connection, await rehearsal.identity(app ?? raise()));
  await expect(login.vault()).resolves.toBeDefined();
  await login[Symbol.asyncDispose]();
});

it('the rehearsal deploys an app with a certificate, and explains that it cannot log in here', async () => {
  const [app] = rehearsal.deployment.apps;
  await expect(rehearsal.identity(app ?? raise())).rejects.toThrow(
    'app "workload" logs in by a certificate, which needs a CA and a server with TLS that are not here',
  );
  expect(await rehearsal.admin.list('auth/cert/certs')).toEqual(['workload']);
  expect(rehearsedApps(rehearsal).map(({ name }) => name)).toEqual(['job', 'machine', 'pod', 'people-me']);
});

it('a shell switches from one app to another, and reads only as the selected one', async () => {
  const file = await writeShellEnvironment(rehearsal, binary);
  const files = rehearsedApps(rehearsal).map((app) => appEnvironmentFile(rehearsal, app));
  const steps = files.map((each) => `. '${each}'; bao_says=$(webex-token testauth 2>&1); echo "$? $bao_says"`);
  const { stdout } = await run('/bin/bash', ['-c', [`. '${file}'`, ...steps].join('\n')], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  // The logins succeeded, and nobody has consented yet.
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(4);
  lines.forEach((line) => expect(line).toMatch(/^3 error: .*testauth/));
  expect(readFileSync(files[0] ?? '', 'utf8')).not.toContain('eyJ');
});

function raise(): never {
  throw new Error('there is no such app');
}
