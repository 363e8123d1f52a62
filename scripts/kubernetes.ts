import { Option, type Command } from 'commander';
import { ALLOW_HTTP } from '#core';
import { describeCommand } from '../lib/cli/command';
import { durationOption, imageName, objectName } from '../lib/cli/options/option-values';
import { declaredDeployment } from '../lib/cli/operated-command';
import { findApp } from '../lib/declaration/derived/by-name';
import { loginOf } from '../lib/declaration/derived/logins';
import { deliver, DELIVERER_NAMES, type DelivererName } from '../lib/apps/delivery/deliverers/deliverers';
import type { Delivery } from '../lib/apps/delivery/delivery';
import { kubernetesName } from '../lib/apps/delivery/kubernetes-name';
import { podAddress } from '../lib/kubernetes/pod-address';
import { podIdentity, podLogin, type PodIdentity } from '../lib/apps/delivery/pod-identity';
import { checkedInterval } from '../lib/apps/delivery/refresh-interval';
import { remarksOn } from '../lib/apps/delivery/remarks';
import { caFrom } from '../lib/kubernetes/vault-ca';

interface Options extends Partial<PodIdentity> {
  readonly for: DelivererName;
  readonly image?: string;
  readonly address?: string;
  readonly product?: 'openbao' | 'vault';
  readonly caFile?: string;
  readonly caSecret: string;
  readonly systemCa?: true;
  /** In seconds. */
  readonly refreshInterval?: number;
}

const DELIVERIES: Readonly<Record<DelivererName, string>> = {
  client: 'webex-token-client in the program of the app, or webex-token; tokens are in its memory',
  'external-secrets': 'External Secrets Operator; tokens are in Secrets, and so in etcd',
  'vault-secrets-operator': 'Vault Secrets Operator; tokens are in Secrets, and so in etcd',
  injector: 'Agent beside the container of the app; tokens are in files in memory',
  csi: 'Secrets Store CSI Driver; tokens are in files in memory',
};

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: { 'webex-token-vault kubernetes people-me': 'Print the manifests of app people-me' },
    summary:
      'Prints manifests that give the pods of an app its access tokens, by webex-token-client or a program of the cluster.',
    details: [
      'This command sends no request to Vault or the cluster, and prints no secret.',
      { title: 'Ways of delivery', rows: DELIVERIES },
    ],
    environment: {
      VAULT_ADDR: 'Address of Vault for the pods, if --address is not given (default: the address in deployment.ts)',
      VAULT_ALLOW_HTTP: ALLOW_HTTP,
      VAULT_CACERT: "PEM file of the CA that signed Vault's certificate, if --ca-file is not given",
      'BAO_...': 'The OpenBao form of each VAULT_ variable, which has precedence',
    },
  })
    .argument('<app>', 'Name of the app in deployment.ts')
    .addOption(
      new Option('--for <deliverer>', 'Way of delivery')
        .choices(DELIVERER_NAMES)
        .default('client' satisfies DelivererName),
    )
    .addOption(
      new Option('--image <image>', "Image of the app's container (default: a placeholder)").argParser(imageName),
    )
    .option('--namespace <namespace>', 'Namespace, if the app has several')
    .option('--service-account <name>', 'Service account, if the app has several')
    .option('--address <url>', 'Address of Vault for the pods')
    .addOption(
      new Option('--product <product>', 'Provider of csi (default: the product in vault.server, or openbao)').choices([
        'openbao',
        'vault',
      ]),
    )
    .option('--ca-file <file>', "PEM file of the CA that signed Vault's certificate; it is printed as a Secret")
    .addOption(
      new Option('--ca-secret <name>', 'Name of the Secret with the CA in ca.crt')
        .default('webex-token-vault-ca')
        .argParser(objectName),
    )
    .addOption(new Option('--system-ca', 'Trust the CAs of the system, and use no Secret').conflicts('caFile'))
    .addOption(
      durationOption(
        '--refresh-interval <duration>',
        'Time between two fetches of a copy (default: what engine in deployment.ts needs)',
        undefined,
        { atLeast: '1m' },
      ),
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
        refreshIntervalSeconds: checkedInterval(deployment.engine, options.refreshInterval),
      };
      const manifests = deliver(options.for, delivery);
      signal.throwIfAborted();
      process.stdout.write(manifests);
      const remarks = remarksOn(delivery, options.for, options.image !== undefined);
      process.stderr.write(remarks.map((line) => `${line}\n`).join(''));
    });
}
