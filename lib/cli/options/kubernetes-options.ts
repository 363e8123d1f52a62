import { Option } from 'commander';
import { DELIVERER_NAMES, type DelivererName } from '../../apps/delivery/deliverers/deliverers';
import { COMPANION_NAMES } from '../../companions/companions';
import {
  cronSchedule,
  durationOption,
  httpsOrigin,
  imageName,
  objectLabel,
  objectName,
  objectPrefix,
} from './option-values';

/** Options of all pods. */
export function podOptions(): readonly Option[] {
  return [
    new Option('--image <image>', 'Image of the container (default: a placeholder)').argParser(imageName),
    new Option(
      '--namespace <namespace>',
      'Namespace, if the app has several; with --run: any (default: the one of the server, or webex-token-vault)',
    ).argParser(objectLabel),
    new Option('--address <url>', 'Address of Vault for the pods'),
    new Option('--ca-file <file>', "PEM file of the CA that signed Vault's certificate; it is printed as a Secret"),
    new Option('--ca-secret <name>', 'Name of the Secret with the CA in ca.crt')
      .default('webex-token-vault-ca')
      .argParser(objectName),
    new Option('--system-ca', 'Trust the CAs of the system, and use no Secret').conflicts('caFile'),
  ];
}

/** Options of the pods of an app. */
export function appOptions(): readonly Option[] {
  return [
    new Option('--for <deliverer>', 'Way of delivery')
      .choices(DELIVERER_NAMES)
      .default('client' satisfies DelivererName),
    new Option('--service-account <name>', 'Service account, if the app has several'),
    new Option('--product <product>', 'Provider of csi (default: the product in vault.server, or openbao)').choices([
      'openbao',
      'vault',
    ]),
    durationOption(
      '--refresh-interval <duration>',
      'Time between two fetches of a copy (default: what the declared engine needs)',
      undefined,
      { atLeast: '1m' },
    ),
    new Option('--proxy-image <image>', 'With --for proxy: image of this program (default: a placeholder)').argParser(
      imageName,
    ),
    new Option(
      '--upstream <origin>',
      'With --for proxy: origin that requests go to (default: the declared cloud of Webex)',
    ).argParser(httpsOrigin),
  ];
}

/** Options of pods that run a command of this program. */
export function companionOptions(): readonly Option[] {
  return [
    new Option('--run <command>', 'Command of this program that runs in pods, in place of an app')
      .choices(COMPANION_NAMES)
      .conflicts(['for', 'serviceAccount', 'product', 'refreshInterval', 'proxyImage', 'upstream']),
    new Option(
      '--name <name>',
      'With --run: beginning of the names of all objects (default: webex-token-vault, with the name of a file other than deployment.ts)',
    ).argParser(objectPrefix),
    new Option(
      '--schedule <cron>',
      'With --run status or recover: times, as five fields of cron (default: every 5 minutes)',
    ).argParser(cronSchedule),
    new Option('--verify', 'With --run metrics or status: each look also asks Webex'),
    new Option('--site <url>', 'With --run consent: site to serve, if several are declared'),
    new Option(
      '--service-app-events',
      "With --run consent: accept Webex's events of Service Apps, with a volume and a Secret for them",
    ),
    new Option('--notify', 'With --run consent: notify a webhook of each consent that waits'),
    new Option('--no-service-monitor', 'With --run metrics: leave out the object for the Prometheus Operator'),
  ];
}
