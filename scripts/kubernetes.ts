import type { Command } from 'commander';
import { ALLOW_HTTP, UsageError } from '#core';
import { describeCommand } from '../lib/cli/command';
import { appManifests, type AppOptions, type PrintedManifests } from '../lib/cli/kubernetes/app-manifests';
import {
  companionManifestsOf,
  refuseCompanionOptions,
  type CompanionOptions,
} from '../lib/cli/kubernetes/companion-manifests';
import { appOptions, companionOptions, podOptions } from '../lib/cli/options/kubernetes-options';
import { declaredDeployment } from '../lib/cli/operated-command';
import type { CompanionName } from '../lib/companions/companions';
import type { DelivererName } from '../lib/apps/delivery/deliverers/deliverers';

interface Options extends AppOptions, CompanionOptions {
  readonly run?: CompanionName;
}

const DELIVERIES: Readonly<Record<DelivererName, string>> = {
  client: 'webex-token-client in the program of the app, or webex-token; tokens are in its memory',
  proxy: 'Proxy beside the container of the app, which then holds neither a token nor an identity',
  'external-secrets': 'External Secrets Operator; tokens are in Secrets, and so in etcd',
  'vault-secrets-operator': 'Vault Secrets Operator; tokens are in Secrets, and so in etcd',
  injector: 'Agent beside the container of the app; tokens are in files in memory',
  csi: 'Secrets Store CSI Driver; tokens are in files in memory',
};

const COMPANIONS: Readonly<Record<CompanionName, string>> = {
  metrics: 'Deployment that serves the metrics to Prometheus',
  status: 'CronJob that sends changes to a webhook',
  recover: 'CronJob that recovers lost grants of Service Apps',
  consent: 'Deployment that serves the site on which people consent',
};

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault kubernetes people-me': 'Print the manifests of app people-me',
      'webex-token-vault kubernetes people-me --for proxy': 'Print them with a proxy that holds the token in its place',
      'webex-token-vault kubernetes --run metrics': 'Print the manifests of pods that serve the metrics',
    },
    summary:
      'Prints manifests that give the pods of an app its access tokens, or that run a command of this program in pods.',
    details: [
      'This command sends no request to Vault or the cluster, and prints no secret.',
      { title: 'Ways of delivery', rows: DELIVERIES },
      { title: 'Commands in pods', rows: COMPANIONS },
    ],
    environment: {
      VAULT_ADDR: 'Address of Vault for the pods, if --address is not given (default: the declared address)',
      VAULT_ALLOW_HTTP: ALLOW_HTTP,
      VAULT_CACERT: "PEM file of the CA that signed Vault's certificate, if --ca-file is not given",
      'BAO_...': 'The OpenBao form of each VAULT_ variable, which has precedence',
    },
  }).argument('[app]', 'Name of a declared app');
  [...podOptions(), ...appOptions(), ...companionOptions()]
    .reduce((described, option) => described.addOption(option), command)
    .action(async (app: string | undefined, options: Options) => {
      const { manifests, remarks } = await manifestsOf(command, app, options);
      signal.throwIfAborted();
      process.stdout.write(manifests);
      process.stderr.write(remarks.map((line) => `${line}\n`).join(''));
    });
}

async function manifestsOf(command: Command, app: string | undefined, options: Options): Promise<PrintedManifests> {
  const { run } = options;
  const version = command.parent?.version() ?? '';
  if (app !== undefined && run !== undefined) {
    throw new UsageError(`the pods of --run ${run} are those of no app, got app "${app}"; leave one of the two out`);
  }
  if (run !== undefined) {
    return companionManifestsOf(await declaredDeployment(command), run, options, version);
  }
  if (app === undefined) {
    throw new UsageError('there is neither an app nor a command for the pods; name an app, or give --run');
  }
  refuseCompanionOptions(options);
  return appManifests(await declaredDeployment(command), app, options, version);
}
