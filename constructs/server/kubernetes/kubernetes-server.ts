import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageFolder } from '../../output-path';
import { Release } from '@cdktf/provider-helm/lib/release';
import { Construct } from 'constructs';
import type { PluginBinary } from '../../../lib/declaration/files/plugin-binary';
import { CHARTS } from '../../../lib/declaration/schema/server/chart';
import type { KubernetesServerDeclaration } from '../../../lib/declaration/schema/server/kubernetes-server-declaration';
import { plainText } from '../../terraform-text';
import { serverAddresses } from '../../../lib/declaration/schema/server/server-declaration';
import { clusterConfiguration } from './cluster-configuration';
import { mergedValues } from './merged-values';
import { serverValues } from './server-values';

export interface KubernetesServerProps extends Readonly<KubernetesServerDeclaration> {
  /** Plugin in the image. A pod whose plugin has another sha256 does not start. */
  readonly plugin: PluginBinary;
}

/**
 * A Raft cluster of Vault or OpenBao that the vendor's chart runs on Kubernetes.
 *
 * Terraform does not wait for the pods, because they are ready only after people unseal them. No change restarts a pod. A pod gets a
 * new image when somebody deletes the pod. `destroy` never deletes the volumes.
 */
export class KubernetesServer extends Construct {
  /** The declared address, or the address of each pod's `kubectl port-forward`. */
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, props: KubernetesServerProps) {
    super(scope, id);
    const { plugin, ...server } = props;
    const { product, chart, releaseName, namespace, values } = server;
    const ours = serverValues({
      server,
      configuration: clusterConfiguration(server),
      plugin,
      alertRules: server.monitoring && alertRules(),
    });
    const { name, repository, version } = CHARTS[product];
    new Release(this, 'release', {
      name: releaseName,
      namespace,
      ...(chart.path === undefined
        ? { chart: name, repository: chart.repository ?? repository, version }
        : { chart: chart.path }),
      values: [plainText(JSON.stringify(mergedValues(ours, values), undefined, 2))],
      // A plan then reports values that the chart's schema refuses.
      lint: true,
      // Pods are not ready until people unseal them.
      wait: false,
    });
    this.addresses = serverAddresses(server);
  }
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Readonly<Record<string, unknown>>[] }[];
}

/** Rules of `monitoring/alerts.yml`, for a PrometheusRule with one group. */
function alertRules(): readonly Readonly<Record<string, unknown>>[] {
  const file = join(packageFolder(), 'monitoring', 'alerts.yml');
  const { groups } = parse(readFileSync(file, 'utf8')) as RuleFile;
  return groups.flatMap(({ rules }) => rules);
}
