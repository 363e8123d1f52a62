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
import { podAddress } from '../lib/apps/delivery/pod-address';
import { podIdentity, podLogin, type PodIdentity } from '../lib/apps/delivery/pod-identity';
import { checkedInterval } from '../lib/apps/delivery/refresh-interval';
import { remarksOn } from '../lib/apps/delivery/remarks';
import { caFrom } from '../lib/apps/delivery/vault-ca';

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

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: { 'webex-token-vault kubernetes people-me': 'print the manifests of app people-me' },
    summary:
      'Prints manifests that give the pods of an app its access tokens, by webex-token-client or by an operator of the cluster. It asks neither Vault nor the cluster, and prints no secret.',
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
        'way of delivery: client keeps tokens in memory, injector and csi in files in memory, the others in Secrets, which are in etcd',
      )
        .choices(DELIVERER_NAMES)
        .default('client' satisfies DelivererName),
    )
    .addOption(
      new Option('--image <image>', "image of the app's container (default: a placeholder)").argParser(imageName),
    )
    .option('--namespace <namespace>', 'namespace, if the app has several')
    .option('--service-account <name>', 'service account, if the app has several')
    .option('--address <url>', 'address of Vault as pods reach it')
    .addOption(
      new Option('--product <product>', "provider of csi (default: vault.server's, or openbao)").choices([
        'openbao',
        'vault',
      ]),
    )
    .option('--ca-file <file>', "PEM file of the CA that signed Vault's certificate, which is then printed as a Secret")
    .addOption(
      new Option('--ca-secret <name>', 'name of the Secret with the CA in ca.crt')
        .default('webex-token-vault-ca')
        .argParser(objectName),
    )
    .addOption(new Option('--system-ca', 'trust the CAs of the system, and use no Secret').conflicts('caFile'))
    .addOption(
      durationOption(
        '--refresh-interval <duration>',
        'how often a copy is fetched (default: as often as engine needs)',
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
