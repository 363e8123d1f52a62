import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { READ_CLEAN_UP_MS } from '../../../lib/cli/command';
import type { Companion } from '../../../lib/companions/companion';
import { COMPANION_NAMES, companionManifests, type CompanionName } from '../../../lib/companions/companions';
import { needsServerSideApply } from '../../../lib/companions/declaration-map';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import type { Deployment, DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { exampleCompanion } from '../../fixtures/declarations/companion';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';

const object = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
});

function objects(command: CompanionName, changes: Partial<Companion> = {}): z.output<typeof object>[] {
  return parseAllDocuments(companionManifests(command, exampleCompanion(changes))).map((each) =>
    object.parse(each.toJS()),
  );
}

function kinds(command: CompanionName, changes: Partial<Companion> = {}): string[] {
  return objects(command, changes).map(({ kind }) => kind);
}

const map = z.object({ data: z.object({ 'deployment.json': z.string() }) });

/** The declaration as a pod loads it. */
function loaded(changes: Partial<Companion>): Deployment {
  const { data } = map.parse(objects('metrics', changes).find(({ kind }) => kind === 'ConfigMap'));
  return defineDeployment(JSON.parse(data['deployment.json']) as DeploymentInput);
}

describe('the manifests', () => {
  it('the manifests have the workload of each command, and no Secret', () => {
    const common = ['ServiceAccount', 'ConfigMap'];
    expect(kinds('metrics')).toEqual([...common, 'Deployment', 'Service', 'ServiceMonitor']);
    expect(kinds('metrics', { serviceMonitor: false })).toEqual([...common, 'Deployment', 'Service']);
    expect(kinds('status')).toEqual([...common, 'PersistentVolumeClaim', 'CronJob']);
    expect(kinds('recover')).toEqual([...common, 'CronJob']);
    expect(kinds('consent')).toEqual([...common, 'PersistentVolumeClaim', 'Deployment', 'Service']);
    expect(kinds('consent', { serviceAppEvents: false })).toEqual([...common, 'Deployment', 'Service']);
  });

  it.each(COMPANION_NAMES)(
    'the manifests of %s have names that Kubernetes takes, also for the longest beginning',
    (command) => {
      const name = 'n'.repeat(44);
      for (const { metadata } of objects(command, { name, namespace: 'grants' })) {
        expect(metadata).toMatchObject({ name: `${name}-${command}`, namespace: 'grants' });
        expect(metadata.name.length).toBeLessThanOrEqual(52);
      }
    },
  );

  it('the manifests of two deployments share no object', () => {
    const names = (name: string) => objects('status', { name }).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const others = names('staging');
    expect(names('production').filter((each) => others.includes(each))).toEqual([]);
  });

  it('the pod gives a read that may refresh a token the time to end', () => {
    const [, seconds = 0] =
      /terminationGracePeriodSeconds: (\d+)/.exec(companionManifests('metrics', exampleCompanion())) ?? [];
    expect(Number(seconds) * 1000).toBeGreaterThan(READ_CLEAN_UP_MS);
  });

  it('each pod gets only the logins that its command needs', () => {
    const logins = (command: CompanionName): string[] => [
      ...new Set(companionManifests(command, exampleCompanion()).match(/name: webex-token-vault-(observer|healer)$/gm)),
    ];
    expect(logins('metrics')).toEqual(['name: webex-token-vault-observer']);
    expect(logins('status')).toEqual(['name: webex-token-vault-observer']);
    expect(logins('recover')).toEqual(['name: webex-token-vault-observer', 'name: webex-token-vault-healer']);
    expect(logins('consent')).toEqual([]);
    expect(companionManifests('consent', exampleCompanion())).not.toContain('OPERATORS');
  });

  it('only a declared mesh makes the pod use plain HTTP', () => {
    const mesh = exampleCompanion({ address: 'http://vault.mesh.svc:8200', ca: undefined });
    expect(companionManifests('metrics', mesh)).toMatch(/name: VAULT_ALLOW_HTTP\n +value: "true"\n/);
    expect(companionManifests('metrics', exampleCompanion())).not.toContain('VAULT_ALLOW_HTTP');
  });

  it('the ServiceMonitor has the labels that the server declares for its own monitors', () => {
    const monitoring = { labels: { team: 'collaboration' } };
    const deployment = exampleDeployment({
      vault: { server: { mode: 'kubernetes', pluginImage: 'registry.example.com/oauthapp:3.1.1', monitoring } },
      engine: { plugin: { sha256: 'a'.repeat(64), command: 'oauthapp' } },
    });
    const monitor = objects('metrics', { deployment }).find(({ kind }) => kind === 'ServiceMonitor');
    expect(monitor?.metadata).toMatchObject({ labels: { team: 'collaboration' } });
  });

  it('recover is refused if nothing recovers', () => {
    expect(() => companionManifests('recover', exampleCompanion({ deployment: exampleDeployment() }))).toThrow(
      'no credential sets serviceApp.autoRecover, so there is nothing to recover',
    );
  });
});

describe('the site of the consent', () => {
  const manifests = (changes: Partial<Companion> = {}): string =>
    companionManifests('consent', exampleCompanion(changes));

  it('the pod gets its certificate, and the client secrets of the integrations that redirect to the site alone', () => {
    const text = manifests();
    expect(text).toContain(
      '#   kubectl -n webex-token-vault create secret tls webex-token-vault-consent-tls --cert=tls.crt',
    );
    expect(text).toContain(
      '#   kubectl -n webex-token-vault create secret generic webex-token-vault-client-secrets --from-file=secrets/clients/asks\n',
    );
    expect(text).toContain('key: asks');
    expect(text).not.toContain('key: app-of-reports');
  });

  it('the probes ask for the health of the site by TLS, at its host and below its path', () => {
    const probe = {
      path: '/people/healthz',
      scheme: 'HTTPS',
      httpHeaders: [{ name: 'Host', value: 'grants.example.com' }],
    };
    const container = { livenessProbe: { httpGet: probe }, readinessProbe: { httpGet: probe } };
    expect(objects('consent').find(({ kind }) => kind === 'Deployment')).toMatchObject({
      spec: { replicas: 1, strategy: { type: 'Recreate' }, template: { spec: { containers: [container] } } },
    });
  });

  it('the pod takes events and notifies only if it was asked to', () => {
    const without = manifests({ serviceAppEvents: false, notify: false });
    for (const part of [
      '--webhook-secret-file',
      '--organizations-state',
      'service-app-events',
      '--notify',
      'WEBHOOK',
    ]) {
      expect(manifests()).toContain(part);
      expect(without).not.toContain(part);
    }
  });
});

describe('the declaration in the ConfigMap', () => {
  it('a pod loads the same deployment, at the address for pods and without the backend', () => {
    const deployment = exampleDeployment({ backend: { type: 'http', config: { password: 'hush' } } });
    const vault = { ...deployment.vault, address: 'https://vault.example:8200' };
    expect(loaded({ deployment })).toEqual({ ...deployment, backend: undefined, vault });
    expect(companionManifests('metrics', exampleCompanion({ deployment }))).not.toContain('hush');
  });

  it('a pod loads a declared server as it is', () => {
    const deployment = exampleDeployment({ vault: { server: { mode: 'production' } } });
    expect(loaded({ deployment })).toEqual(deployment);
  });

  it('a declaration of a thousand apps asks for a server-side apply, and a larger one than a ConfigMap is refused', () => {
    const withApps = (count: number): Partial<Companion> => ({
      deployment: exampleDeployment({
        apps: Array.from({ length: count }, (_, index) => ({ name: `app-${index}`, reads: ['testauth'] })),
      }),
    });
    expect(needsServerSideApply(exampleCompanion())).toBe(false);
    expect(needsServerSideApply(exampleCompanion(withApps(1000)))).toBe(true);
    expect(() => companionManifests('metrics', exampleCompanion(withApps(4000)))).toThrow(
      /^the declaration has \d+ bytes as JSON, and a ConfigMap has 1048576 at most; /,
    );
  });
});
