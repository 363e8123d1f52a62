import { consequences } from '../../../lib/terraform/consequences';
import { planOf, type Plan } from '../../../lib/terraform/plan';
import { stopsServer } from '../../../lib/terraform/server-consequences';

/* As `terraform show -json` gave them with the provider hashicorp/helm 3.1.1, cut to what is read. */

const ADDRESS = {
  address: 'helm_release.server_release_97920CA1',
  type: 'helm_release',
  name: 'server_release_97920CA1',
};

interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly values: readonly string[];
}

function release({ replicas = 3, ...changed }: Partial<Release> & { replicas?: number } = {}): Release {
  return { name: 'bao', namespace: 'vault', values: [JSON.stringify({ server: { ha: { replicas } } })], ...changed };
}

function planned(actions: string[], before: Release | null, after: Release | null, drift: object[] = []): Plan {
  return planOf({ resource_changes: [{ ...ADDRESS, change: { actions, before, after } }], resource_drift: drift });
}

it('say of a server that goes that its grants stay, and where', () => {
  const plan = planned(['delete'], release(), null);
  expect(consequences(plan, ['testauth'])).toEqual({
    notices: [
      'the server "bao" in namespace "vault" is stopped; the volumes of its pods stay, with every grant in them, and are found again by a deploy with the same releaseName and namespace: kubectl -n vault get pvc',
    ],
    losses: [],
  });
  expect(stopsServer(plan)).toBe(true);
});

it.each([
  [{ name: 'other' }, '"other" in namespace "vault"'],
  [{ namespace: 'elsewhere' }, '"bao" in namespace "elsewhere"'],
])('say that nothing finds the grants of a server that is called otherwise: %j', (changed, where) => {
  const plan = planned(['delete', 'create'], release(), release(changed));
  expect(consequences(plan, ['testauth'])).toEqual({
    notices: [],
    losses: [
      {
        kind: 'credential',
        name: 'testauth',
        why: `the server "bao" in namespace "vault" is stopped for ${where}, a new and empty one: its grants stay in the old volumes, where nothing finds them unless releaseName and namespace are as they were`,
      },
    ],
  });
  expect(stopsServer(plan)).toBe(true);
});

it('say of a server that is made anew that it has its volumes', () => {
  expect(consequences(planned(['delete', 'create'], release(), release()), ['testauth'])).toEqual({
    notices: [
      'the server "bao" in namespace "vault" is stopped, and another one started with its volumes, to be unsealed',
    ],
    losses: [],
  });
});

it('say nothing of a change in place, which no pod is restarted for', () => {
  const plan = planned(['update'], release(), release({ replicas: 5 }));
  expect(consequences(plan, ['testauth'])).toEqual({ notices: [], losses: [] });
  expect(stopsServer(plan)).toBe(false);
});

it('say of fewer nodes who has to leave the cluster', () => {
  expect(consequences(planned(['update'], release({ replicas: 5 }), release()), ['testauth']).notices).toEqual([
    '"bao-3", "bao-4" in namespace "vault" are stopped, and still count as members of the cluster: take them out of it first, one by one, with "bao operator raft remove-peer" or "vault operator raft remove-peer"',
  ]);
});

it('say that the server is not in the cluster that Terraform goes to', () => {
  const drift = [{ ...ADDRESS, change: { actions: ['delete'], before: release(), after: null } }];
  const { losses } = consequences(planned(['create'], null, release(), drift), ['testauth']);
  expect(losses).toEqual([
    {
      kind: 'credential',
      name: 'testauth',
      why: 'the server "bao" in namespace "vault" is not in the cluster that Terraform goes to; unless somebody has uninstalled it there, that is another cluster, and a new and empty server: check KUBECONFIG and vault.server.context',
    },
  ]);
});

it('say of no loss where the cluster does not answer, as the provider then takes the server for one that is gone', () => {
  const drift = [{ ...ADDRESS, change: { actions: ['delete'], before: release(), after: null } }];
  const plan = planned(['create'], null, release(), drift);
  expect(consequences(plan, ['testauth'], { isClusterUnreachable: true })).toEqual({ notices: [], losses: [] });
});

it('say nothing of the first deploy', () => {
  expect(consequences(planned(['create'], null, release()), ['testauth'])).toEqual({ notices: [], losses: [] });
});
