import { serverOf, type DeclaredServer } from '../../../../lib/declaration/declared/declared-server';
import { noticed, NOTHING, type Consequences } from '../../../../lib/terraform/consequences/consequence';
import { stopsServer } from '../../../../lib/terraform/consequences/container-consequence';
import { serverConsequences } from '../../../../lib/terraform/consequences/server-consequences';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { noteChange, planned, type PlannedChange } from '../../../fixtures/declarations/planned';

/* Values of a release, in the format of `terraform show -json` with the provider hashicorp/helm 3.1.1. */

type Server = NonNullable<DeploymentInput['vault']['server']>;
type OnKubernetes = Extract<Server, { mode: 'kubernetes' }>;

const ONE: Server = { mode: 'production', containerName: 'vault' };
const THREE: Server = { ...ONE, nodes: 3 };
const DEV: Server = { mode: 'dev', containerName: 'vault' };
const KUBERNETES: OnKubernetes = {
  mode: 'kubernetes',
  releaseName: 'bao',
  namespace: 'vault',
};

function deployed(server: Server) {
  return exampleDeployment({ vault: { server } });
}

function noted(server: Server): DeclaredServer {
  const { vault } = deployed(server);
  if (vault.server === undefined) {
    throw new TypeError('no server is declared');
  }
  return serverOf(vault.server);
}

/** The consequences of a changed declaration, with Terraform's changes for it. */
function changed(before: Server, after: Server, ...changes: PlannedChange[]): Consequences {
  return serverConsequences(planned(noteChange(noted(before), noted(after)), ...changes), deployed(after));
}

const lossOf = (why: string) => ({ kind: 'credential', name: 'testauth', why });

const PRODUCTION = ['server', '-config=/openbao/configuration/server.json'];
const DEV_MODE = ['server', '-dev', '-dev-no-store-token'];

function container(name: string, action: string, { command = PRODUCTION, start = true } = {}): PlannedChange {
  const values = { name, start, command };
  return {
    type: 'docker_container',
    name,
    actions: action === 'replace' ? ['delete', 'create'] : [action],
    before: action === 'create' ? undefined : values,
    after: action === 'delete' ? undefined : values,
  };
}

const place = (name = 'bao', namespace = 'vault') => ({ name, namespace });
const release = (before?: object, after?: object, actions?: string[]): PlannedChange => ({
  type: 'helm_release',
  name: 'server',
  before: before && { ...before },
  after: after && { ...after },
  actions,
});

describe('a server in containers with a changed declaration', () => {
  const empty = (nodes: string, volumes: string): string =>
    `a new and empty server replaces ${nodes}; its grants stay in ${volumes}, which only a server with the earlier mode, containerName and nodes finds`;
  it.each<[string, Server, Server, string]>([
    ['three nodes for one', ONE, THREE, empty('"vault"', '"vault-data"')],
    [
      'one node for three',
      THREE,
      ONE,
      empty('"vault-1", "vault-2", "vault-3"', '"vault-1-data", "vault-2-data", "vault-3-data"'),
    ],
    ['another containerName', ONE, { ...ONE, containerName: 'other' }, empty('"vault"', '"vault-data"')],
    ['mode dev', ONE, DEV, empty('"vault"', '"vault-data"')],
    ['mode kubernetes', ONE, KUBERNETES, empty('"vault"', '"vault-data"')],
  ])(
    'a container server loses all grants with %s, even if its containers are already gone',
    (_, before, after, why) => {
      const stopped = noted(before).nodes.map((name) => container(name, 'delete'));
      const started =
        after.mode === 'kubernetes'
          ? [release(undefined, place())]
          : noted(after).nodes.map((name) => container(name, 'create'));
      expect(changed(before, after, ...stopped, ...started)).toEqual({ notices: [], losses: [lossOf(why)] });
      expect(changed(before, after, ...started)).toEqual({ notices: [], losses: [lossOf(why)] });
    },
  );

  it('a dev mode server loses all grants, because it keeps them in memory', () => {
    const why = 'the server "vault" keeps everything in memory, and is stopped';
    expect(changed(DEV, ONE).losses).toEqual([lossOf(why)]);
    expect(changed(DEV, { ...DEV, containerName: 'other' }).losses).toEqual([lossOf(why)]);
  });

  it('a container server keeps its grants with any other change', () => {
    expect(changed(ONE, { ...ONE, port: 9200 })).toEqual(NOTHING);
    expect(changed(DEV, { ...DEV, port: 9200 })).toEqual(NOTHING);
  });
});

describe('a release with a changed declaration', () => {
  const empty = (fields = 'releaseName and namespace'): string =>
    `a new and empty server replaces "bao-0", "bao-1", "bao-2" in namespace "vault"; its grants stay in "data-bao-0", "data-bao-1", "data-bao-2", which only a server with the earlier mode, ${fields} finds`;

  it.each<[string, Server]>([
    ['another releaseName', { ...KUBERNETES, releaseName: 'other' }],
    ['another namespace', { ...KUBERNETES, namespace: 'elsewhere' }],
    ['mode production', ONE],
  ])('a release loses all grants with %s', (_, after) => {
    expect(changed(KUBERNETES, after)).toEqual({ notices: [], losses: [lossOf(empty())] });
  });

  it('the notice names the nodes that must leave the cluster', () => {
    const five: Server = { ...KUBERNETES, nodes: 5 };
    expect(changed(five, KUBERNETES, release(place(), place(), ['update']))).toEqual(
      noticed(
        '"bao-3", "bao-4" in namespace "vault" are stopped, but still count as members of the cluster; remove them first, one by one, with "bao operator raft remove-peer" or "vault operator raft remove-peer"',
      ),
    );
    expect(changed(KUBERNETES, five)).toEqual(NOTHING);
  });
});

describe('containers, whatever is declared', () => {
  const found = (...changes: PlannedChange[]): Consequences => serverConsequences(planned(...changes), deployed(ONE));
  const loss = (server: string): object =>
    lossOf(
      `a new and empty server replaces "${server}"; its grants stay in the volume "${server}-data", which only a server with the earlier mode, containerName and nodes finds`,
    );

  it('a replaced dev mode container loses all grants', () => {
    expect(found(container('vault', 'replace', { command: DEV_MODE })).losses).toEqual([
      lossOf('the server "vault" keeps everything in memory, and is stopped'),
    ]);
  });

  it('a replaced production container keeps its volumes, and the notice says that it needs an unseal', () => {
    expect(found(container('vault', 'replace'))).toEqual(
      noticed('the server "vault" is stopped, and a new one starts in its place; unseal it'),
    );
    const elsewhere = { ...container('vault', 'create'), name: 'moved' };
    expect(found(container('vault', 'delete'), elsewhere).losses).toEqual([]);
  });

  it('the comparison ignores a container that only carries files, even if its image would run in dev mode', () => {
    expect(found(container('vault', 'replace', { command: DEV_MODE, start: false }))).toEqual(NOTHING);
  });

  it.each<[string, PlannedChange[]]>([
    ['other nodes', [1, 2, 3].map((n) => container(`vault-${n}`, 'create'))],
    ['another name', [container('other', 'create')]],
    ['dev mode', [container('vault', 'create', { command: DEV_MODE })]],
    ['a release', [release(undefined, place())]],
  ])('a container server without a note in the state loses all grants to %s', (_, started) => {
    expect(found(container('vault', 'delete'), ...started)).toEqual({ notices: [], losses: [loss('vault')] });
  });

  it('a container server keeps its grants if another node stays', () => {
    const nodes = ['vault-1', 'vault-2'].map((name) => container(name, 'no-op'));
    expect(found(container('vault-3', 'delete'), ...nodes)).toEqual(
      noticed('the server "vault-3" is stopped, and the other nodes of its cluster stay'),
    );
    const replaced = ['vault-1', 'vault-2'].map((name) => container(name, 'replace'));
    expect(found(container('vault-3', 'delete'), ...replaced).losses).toEqual([]);
  });

  it('the notice names the volumes if no server replaces a removed container', () => {
    const note = noteChange(noted(ONE), undefined);
    expect(found(note, container('vault', 'delete'))).toEqual(
      noticed(
        'the server "vault" is stopped. Its volume "vault-data" stays with every grant, and a deploy with the same mode, containerName and nodes finds it again. The audit log stays in "vault-audit"',
      ),
    );
  });

  it('the comparison reports nothing for the first container', () => {
    const note = noteChange(undefined, noted(ONE));
    expect(found(note, container('vault', 'create'))).toEqual(NOTHING);
  });

  it.each([
    [true, 'keeps what it has', PRODUCTION, true],
    [false, 'forgets all', DEV_MODE, true],
    [false, 'only carries files', PRODUCTION, false],
  ])('stopsServer returns %s for a replaced container that %s', (expected, _, command, start) => {
    expect(stopsServer(planned(container('vault', 'replace', { command, start })))).toBe(expected);
    expect(stopsServer(planned(container('vault', 'no-op', { command, start })))).toBe(false);
  });
});

describe('releases, whatever is declared', () => {
  const found = (...changes: PlannedChange[]): Consequences =>
    serverConsequences(planned(...changes), deployed(KUBERNETES));

  it('the notice says that the grants of a removed release stay in its volumes', () => {
    expect(found(release(place()))).toEqual(
      noticed(
        'the server "bao" in namespace "vault" is stopped. The volumes of its pods stay with every grant, and a deploy with the same releaseName and namespace finds them again: kubectl -n vault get pvc',
      ),
    );
    expect(stopsServer(planned(release(place())))).toBe(true);
  });

  it.each([
    [place('other'), '"other" in namespace "vault"'],
    [place('bao', 'elsewhere'), '"bao" in namespace "elsewhere"'],
  ])('the loss says that no server finds the grants under another name: %j', (after, where) => {
    const plan = release(place(), after, ['delete', 'create']);
    expect(found(plan)).toEqual({
      notices: [],
      losses: [
        lossOf(
          `the new and empty server ${where} replaces "bao" in namespace "vault"; its grants stay in the old volumes, which only a server with the earlier releaseName and namespace finds`,
        ),
      ],
    });
    expect(stopsServer(planned(plan))).toBe(true);
  });

  it('a release replaced by a container loses all grants', () => {
    expect(found(release(place()), container('vault', 'create')).losses).toEqual([
      lossOf(
        'a new and empty server replaces "bao" in namespace "vault"; its grants stay in the volumes of its pods, which only a server with the earlier mode, releaseName and namespace finds',
      ),
    ]);
  });

  it('a replaced release keeps its volumes', () => {
    expect(found(release(place(), place(), ['delete', 'create']))).toEqual(
      noticed('the server "bao" in namespace "vault" is stopped, and a new one starts with its volumes; unseal it'),
    );
  });

  it('the comparison reports nothing for an in-place change without restarts, and nothing for the first release', () => {
    const update = release(place(), place(), ['update']);
    expect(found(update)).toEqual(NOTHING);
    expect(stopsServer(planned(update))).toBe(false);
    expect(found(release(undefined, place()))).toEqual(NOTHING);
  });

  describe('a release that is not in the cluster', () => {
    const vanished = {
      ...planned(release(undefined, place())),
      drift: planned(release(place())).changes,
    };

    it('the loss says that a missing release may mean another cluster', () => {
      expect(serverConsequences(vanished, deployed(KUBERNETES)).losses).toEqual([
        lossOf(
          'the server "bao" in namespace "vault" is not in the cluster that Terraform reaches, so a new and empty server replaces it; check KUBECONFIG and vault.server.context, unless somebody has uninstalled the server',
        ),
      ]);
    });

    it('the comparison reports nothing if the cluster does not answer, because the provider then considers the release gone', () => {
      const found = serverConsequences(vanished, deployed(KUBERNETES), { isClusterUnreachable: true });
      expect(found).toEqual(NOTHING);
    });
  });
});
