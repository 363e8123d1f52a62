import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { allowFromEnvironment, vaultServerFromEnvironment } from '#core';
import { identityFromEnvironment } from '../../../../../client/src/login/identity-environment';
import { deliver } from '../../../../../lib/apps/delivery/deliverers/deliverers';
import type { DeploymentInput } from '../../../../../lib/declaration/schema/deployment';
import { exampleDelivery } from '../../../../fixtures/declarations/delivery';

/* The rules of the pod: the app gets the key and the address, and everything that reads a token stays in the sidecar. */

const container = z.looseObject({
  name: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() })),
  securityContext: z.looseObject({ runAsUser: z.number(), runAsGroup: z.number() }),
});
const podSpec = z.looseObject({
  initContainers: z.array(container),
  containers: z.array(container),
  volumes: z.array(z.looseObject({ name: z.string() })),
});
const deployment = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({ template: z.object({ spec: podSpec }) }),
});

const pods = { serviceAccounts: ['people-me'], namespaces: ['webex'] };
const two = exampleDelivery(pods);

function podOf(input: Partial<DeploymentInput> = {}) {
  const file = deliver('proxy', exampleDelivery(pods, {}, input));
  const [found] = parseAllDocuments(file).flatMap((document) => deployment.safeParse(document.toJS()).data ?? []);
  if (found === undefined) {
    throw new Error(`there is no Deployment in ${file}`);
  }
  const { spec } = found.spec.template;
  const [app] = spec.containers;
  if (app === undefined || spec.containers.length > 1) {
    throw new Error('the pod has not one container');
  }
  return { spec, app, sidecars: spec.initContainers };
}

it('each sidecar goes on running, holds the app until it is healthy, and is restarted if it hangs', () => {
  const { sidecars } = podOf();
  expect(sidecars).toHaveLength(2);
  for (const [index, sidecar] of sidecars.entries()) {
    const port = 19201 + index;
    const httpGet = { path: '/healthz', port };
    expect(sidecar).toMatchObject({ restartPolicy: 'Always', startupProbe: { httpGet }, livenessProbe: { httpGet } });
    // A pod has each name of a port once.
    expect(sidecar.ports).toEqual([{ name: `webex-${port}`, containerPort: port }]);
    expect(sidecar.args?.join(' ')).toContain(`--metrics 0.0.0.0:${port}`);
    // A readiness probe would take the pod out of its Service while Vault is away.
    expect(sidecar).not.toHaveProperty('readinessProbe');
  }
});

it('only the sidecars mount the token of the service account', () => {
  const { spec, app, sidecars } = podOf();
  const withToken = spec.volumes.filter((volume) => JSON.stringify(volume).includes('serviceAccountToken'));
  expect(withToken.map(({ name }) => name)).toEqual(['vault-login']);
  expect(spec).toMatchObject({ automountServiceAccountToken: false });
  expect(app.volumeMounts).toEqual([{ name: 'webex-keys', mountPath: '/var/run/secrets/webex', readOnly: true }]);
  for (const { volumeMounts } of sidecars) {
    expect(volumeMounts).toEqual([
      { name: 'vault-login', mountPath: '/var/run/secrets/webex-token-vault', readOnly: true },
      { name: 'webex-keys', mountPath: '/var/run/secrets/webex' },
    ]);
  }
});

it('the environment of the app has addresses on loopback, and nothing of Vault or the identity', () => {
  expect(podOf().app.env).toEqual([
    { name: 'WEBEX_BASE_URL_TESTAUTH', value: 'http://127.0.0.1:18201/v1/' },
    { name: 'WEBEX_BASE_URL_TEST_REPORT', value: 'http://127.0.0.1:18202/v1/' },
  ]);
});

it('the environment of a sidecar has the server, the identity and the CA, as webex-token reads them', () => {
  for (const { env, volumeMounts } of podOf().sidecars) {
    const variables = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const folder = volumeMounts[0]?.mountPath ?? '';
    expect(identityFromEnvironment(variables)).toMatchObject({
      kubernetes: { role: 'first', file: `${folder}/token` },
    });
    const { VAULT_CACERT, ...server } = variables;
    expect(vaultServerFromEnvironment({}, server)).toMatchObject({ address: 'https://vault.example:8200' });
    expect(VAULT_CACERT).toBe(`${folder}/ca.crt`);
  }
});

it('a sidecar and the app are different users, in the group of the volume with the key', () => {
  const { spec, app, sidecars } = podOf();
  const users = new Set(sidecars.map(({ securityContext }) => securityContext.runAsUser));
  expect(users).not.toContain(app.securityContext.runAsUser);
  expect(spec).toMatchObject({ securityContext: { fsGroup: app.securityContext.runAsGroup } });
  expect(spec).not.toHaveProperty('shareProcessNamespace');
});

it('the volume of the keys is in memory and small', () => {
  const emptyDir = { medium: 'Memory', sizeLimit: '1Mi' };
  expect(podOf().spec.volumes).toContainEqual({ name: 'webex-keys', emptyDir });
});

it('the command line of a sidecar listens on loopback, and names the file of its key', () => {
  const [first, second] = podOf().sidecars;
  expect(first?.command).toEqual(['node', '/node_modules/.bin/webex-token']);
  expect(first?.args?.join(' ')).toBe(
    'proxy testauth --listen 127.0.0.1:18201 --shared-key-file /var/run/secrets/webex/testauth --metrics 0.0.0.0:19201',
  );
  expect(second?.args?.join(' ')).toContain('proxy Test_report --listen 127.0.0.1:18202 ');
});

it('the command line of a sidecar names the declared cloud of Webex if it is another one', () => {
  const { sidecars } = podOf({ webex: { cloud: 'fedramp' } });
  expect(sidecars[0]?.args?.slice(-2)).toEqual(['--upstream', 'https://api-usgov.webex.com']);
});

it('the first lines of the manifests give the variable, the file of the key and a command that reads it', () => {
  const [header = ''] = deliver('proxy', two).split('\n---\n');
  for (const line of [
    '#   WEBEX_BASE_URL_TEST_REPORT, and the key in /var/run/secrets/webex/Test_report',
    `#   command: [sh, -c, 'export WEBEX_ACCESS_TOKEN="$(cat /var/run/secrets/webex/testauth)"; exec "$@"', sh, PROGRAM]`,
  ]) {
    expect(header.split('\n')).toContain(line);
  }
});

it('a sidecar has the rules of allowed requests, and the app cannot change them', () => {
  const allow = ['GET /v1/people/*', 'POST /v1/messages'];
  const apps = [{ name: 'people-me', reads: ['testauth'], allow, identity: { kubernetes: pods } }];
  const { app, sidecars } = podOf({ apps });
  const rules = { name: 'WEBEX_ALLOW', value: 'GET /v1/people/*; POST /v1/messages' };
  expect(sidecars[0]?.env).toContainEqual(rules);
  expect(app.env).not.toContainEqual(rules);
  expect(allowFromEnvironment({ WEBEX_ALLOW: rules.value }).map(({ text }) => text)).toEqual(allow);
  expect(podOf().sidecars[0]?.env.map(({ name }) => name)).not.toContain('WEBEX_ALLOW');
});
