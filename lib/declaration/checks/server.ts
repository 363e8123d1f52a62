import { basename } from 'node:path';
import { commandLine } from '#core';
import type { Deployment } from '../schema/deployment';
import { CHARTS } from '../schema/server/chart';
import type { KubernetesServerDeclaration } from '../schema/server/kubernetes-server-declaration';
import type { SealDeclaration } from '../schema/server/seal-declaration';
import { chartValueProblems } from './refused-chart-values';

type Server = NonNullable<Deployment['vault']['server']>;

/** @returns all problems of fields that do not fit together, as one text */
export function serverProblem({ vault: { server } }: Deployment): string | undefined {
  const problems = server === undefined ? [] : problemsOf(server);
  return problems.length === 0 ? undefined : problems.map((problem) => `vault.server.${problem}`).join('; ');
}

function problemsOf(server: Server): string[] {
  const seal = server.mode === 'dev' ? undefined : server.seal;
  return [
    ...memoryProblems(server),
    ...(seal === undefined ? [] : sealProblems(seal, server.product)),
    ...(server.mode === 'kubernetes' ? kubernetesProblems(server) : []),
  ];
}

function memoryProblems(server: Server): string[] {
  return (['ipcLock', 'disableMlock'] as const)
    .filter((field) => server.product === 'openbao' && field in server && server[field as 'ipcLock'] !== undefined)
    .map((field) => `${field} is for Vault only, and OpenBao never locks its memory; leave it out`);
}

function sealProblems(seal: SealDeclaration, product: Server['product']): string[] {
  switch (seal.type) {
    case 'static':
      return [
        ...(product === 'vault' ? ['seal.type "static" is for OpenBao only; use another seal'] : []),
        ...keyProblems(seal),
      ];
    case 'transit':
      return [];
    default:
      return kmsProblems(seal, product);
  }
}

function keyProblems(seal: Extract<SealDeclaration, { type: 'static' }>): string[] {
  const { currentKeyId, currentKeyFile, previousKeyId, previousKeyFile } = seal;
  if (previousKeyId === undefined && previousKeyFile === undefined) {
    return [];
  }
  if (previousKeyId === undefined || previousKeyFile === undefined) {
    return ['seal needs previousKeyId and previousKeyFile together, got one; set both or none'];
  }
  return [
    ...(previousKeyId === currentKeyId
      ? [`seal must have a name for each key, got "${currentKeyId}" for both; give the new key a new name`]
      : []),
    // The container mounts both files into one folder.
    ...(basename(previousKeyFile) === basename(currentKeyFile)
      ? [`seal must have a file name for each key, got "${basename(currentKeyFile)}" for both; rename one of them`]
      : []),
  ];
}

type KmsSeal = Exclude<SealDeclaration, { type: 'static' | 'transit' }>;

function kmsProblems({ type, pluginCommand, pluginSha256 }: KmsSeal, product: Server['product']): string[] {
  if ((pluginCommand === undefined) !== (pluginSha256 === undefined)) {
    return ['seal needs pluginCommand and pluginSha256 together, got one; set both for OpenBao, and none for Vault'];
  }
  if (product === 'vault') {
    return pluginCommand === undefined ? [] : [`seal.pluginCommand must be left out: "${type}" is built into Vault`];
  }
  return pluginCommand === undefined
    ? [
        `seal of type "${type}" needs a plugin, because OpenBao has none built in since 2.7; add pluginCommand and pluginSha256 to the seal, and the file to the plugin directory`,
      ]
    : [];
}

function kubernetesProblems({
  product,
  chart,
  snapshots,
  seal,
  sealSecret,
  values,
}: KubernetesServerDeclaration): string[] {
  const { takesSnapshots, name } = CHARTS[product];
  return [
    ...(chart.path !== undefined && chart.repository !== undefined
      ? ['chart must have path or repository, got both; leave one of the two out']
      : []),
    ...(chart.sha256 !== undefined && chart.path === undefined
      ? [
          'chart.sha256 needs chart.path, because Helm does not verify a chart that it fetches; fetch the chart, and set chart.path',
        ]
      : []),
    ...(snapshots !== undefined && !takesSnapshots
      ? [
          `snapshots must be left out with "${product}": the chart "${name}" has no job for them; schedule "${commandLine('backup create', 'FILE')}" yourself`,
        ]
      : []),
    ...(seal?.type === 'static' && sealSecret === undefined
      ? ['sealSecret must name the Secret with the key files of the static seal; create the Secret, and set sealSecret']
      : []),
    ...chartValueProblems(values, product),
  ];
}
