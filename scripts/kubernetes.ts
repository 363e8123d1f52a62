import { InvalidArgumentError, Option, type Command } from 'commander';
import { ALLOW_HTTP } from '#core';
import { describeCommand, wholeNumberFrom } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/declared-deployment';
import { findApp } from '../lib/declaration/derived/by-name';
import { loginOf } from '../lib/declaration/derived/logins';
import { deliver, DELIVERER_NAMES, type DelivererName } from '../lib/apps/delivery/deliverers';
import type { Delivery } from '../lib/apps/delivery/delivery';
import { kubernetesName } from '../lib/apps/delivery/kubernetes-name';
import { podAddress } from '../lib/apps/delivery/pod-address';
import { podIdentity, podLogin, type PodIdentity } from '../lib/apps/delivery/pod-identity';
import { checkedInterval, leastLifeSeconds, SHORTEST_INTERVAL_SECONDS } from '../lib/apps/delivery/refresh-interval';
import { caFrom } from '../lib/apps/delivery/vault-ca';

/*
 * Prints what a cluster needs so that the pods of an app get their access tokens.
 */

interface Options extends Partial<PodIdentity> {
  readonly for: DelivererName;
  readonly image?: string;
  readonly address?: string;
  readonly product?: 'openbao' | 'vault';
  readonly caFile?: string;
  readonly caSecret: string;
  readonly systemCa?: true;
  readonly refreshIntervalSeconds?: number;
}

/** By the others, an operator or a driver asks Vault, in a namespace of its own. */
const ASKS_FROM_THE_POD: readonly DelivererName[] = ['client', 'injector'];

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault kubernetes people-me': 'print the manifests of app people-me',
    },
    summary:
      'Prints the manifests by which the pods of an app get its access tokens: by webex-token-client itself, or by what the cluster has for that. It asks nothing of Vault nor of the cluster, and no secret is in what it prints.',
    environment: {
      VAULT_ADDR: 'address of Vault as pods reach it, unless --address says it; default: what deployment.ts declares',
      VAULT_ALLOW_HTTP: ALLOW_HTTP,
      VAULT_CACERT: 'PEM file of the CA that signed its certificate, unless --ca-file names it',
      'BAO_...': 'each of them in its OpenBao form, which wins',
    },
  })
    .argument('<app>', 'name of the app in deployment.ts')
    .addOption(
      new Option(
        '--for <deliverer>',
        'client: a pod that reads them itself, into its memory; injector, csi: files in memory; external-secrets, vault-secrets-operator: Secrets, which are in etcd',
      )
        .choices(DELIVERER_NAMES)
        .default('client' satisfies DelivererName),
    )
    .addOption(
      new Option(
        '--image <image>',
        "image of the app's container; default: one that is there to be replaced",
      ).argParser(imageName),
    )
    .option('--namespace <namespace>', 'namespace of Kubernetes, where the app has several')
    .option('--service-account <name>', 'service account, where the app has several')
    .option('--address <url>', 'address of Vault as pods reach it')
    .addOption(
      new Option('--product <product>', "which provider csi has; default: vault.server's, else openbao").choices([
        'openbao',
        'vault',
      ]),
    )
    .option('--ca-file <file>', "PEM file of the CA that signed Vault's certificate, to print it as a Secret as well")
    .addOption(
      new Option('--ca-secret <name>', 'the Secret that has that CA as ca.crt')
        .default('webex-token-vault-ca')
        .argParser(objectName),
    )
    .addOption(
      new Option('--system-ca', 'it is a CA that every system knows, so there is no such Secret').conflicts('caFile'),
    )
    .addOption(
      new Option(
        '--refresh-interval-seconds <seconds>',
        'how often a copy is fetched; default: what fits engine',
      ).argParser(wholeNumberFrom(SHORTEST_INTERVAL_SECONDS)),
    )
    .action(async (appName: string, options: Options) => {
      const { deployment } = await declaredDeployment(command);
      const app = findApp(deployment, appName);
      const login = podLogin(app.name, loginOf(deployment, app));
      const address = podAddress(deployment, login, options.address);
      const delivery: Delivery = {
        deployment,
        app,
        login,
        ...podIdentity(login, options),
        address,
        product: options.product ?? deployment.vault.server?.product ?? 'openbao',
        ca: caFrom({ ...options, deployment, address }),
        image: options.image ?? `registry.example.com/${kubernetesName(app.name)}:1.0.0`,
        refreshIntervalSeconds: checkedInterval(deployment.engine, options.refreshIntervalSeconds),
      };
      const manifests = deliver(options.for, delivery);
      signal.throwIfAborted();
      process.stdout.write(manifests);
      process.stderr.write(remarks(delivery, options));
    });
}

/** What the cluster would refuse only once it is applied. */
function imageName(value: string): string {
  if (!/^\S+$/.test(value)) {
    throw new InvalidArgumentError(
      `It must be an image like "registry.example.com/people-me:1.0.0", without white space, got "${value}".`,
    );
  }
  return value;
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/, subdomain */
function objectName(value: string): string {
  if (!/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(value)) {
    throw new InvalidArgumentError(
      `It must be the name of a Secret, of lower-case letters, digits, "-" and ".", got "${value}".`,
    );
  }
  return value;
}

/** What is not in the manifests, a line each. */
function remarks(delivery: Delivery, { for: name, image }: Options): string {
  const { deployment, login, namespace, refreshIntervalSeconds: interval } = delivery;
  const { server } = deployment.vault;
  const mayEnd = name !== 'client' && leastLifeSeconds(deployment.engine) <= interval;
  const isKeptOut =
    login.cluster === undefined &&
    server?.mode === 'kubernetes' &&
    server.allowedNamespaces?.includes(namespace) === false &&
    ASKS_FROM_THE_POD.includes(name);
  return [
    ...(image === undefined ? ["Give the app's image by --image, or replace it in what is printed."] : []),
    ...(mayEnd
      ? [
          `warning: the engine hands out tokens that may end at once (engine.tuning.refreshCheckIntervalSeconds, refreshAheadSeconds), so a copy can be a dead one for ${interval} seconds; leave both at their defaults, or read by --for client`,
        ]
      : []),
    ...(isKeptOut
      ? [
          `warning: pods of namespace "${namespace}" may not talk to the server, as vault.server.allowedNamespaces does not name it; add it, and deploy vault-server`,
        ]
      : []),
    'What the cluster has to have is said at its top. Then: kubectl apply -f FILE',
    '',
  ].join('\n');
}
