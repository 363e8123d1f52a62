import { UsageError } from '#core';
import { LONGEST_NAME, type Companion } from '../../companions/companion';
import { COMPANION_NAMES, companionManifests, type CompanionName } from '../../companions/companions';
import { needsServerSideApply } from '../../companions/declaration-map';
import type { LoadedDeployment } from '../../declaration/files/load-deployment';
import { DEFAULT_NAME } from '../../declaration/files/state-file';
import { podAddress } from '../../kubernetes/pod-address';
import { caFrom } from '../../kubernetes/vault-ca';
import { servedSite } from '../consent/served-site';
import { placeholderImage, type PodOptions, type PrintedManifests } from './app-manifests';

export interface CompanionOptions extends PodOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly schedule?: string;
  readonly verify?: true;
  /** False: the option turned it off. */
  readonly serviceMonitor: boolean;
  readonly site?: string;
  readonly serviceAppEvents?: true;
  readonly notify?: true;
}

const DEFAULT_OBJECT_NAME = 'webex-token-vault';
const DEFAULT_NAMESPACE = 'webex-token-vault';
const DEFAULT_SCHEDULE = '*/5 * * * *';

const ALL: readonly CompanionName[] = COMPANION_NAMES;

/** Options of companions, with those that take them. */
const USERS_OF: readonly (readonly [keyof CompanionOptions, string, readonly CompanionName[]])[] = [
  ['name', '--name', ALL],
  ['schedule', '--schedule', ['status', 'recover']],
  ['verify', '--verify', ['metrics', 'status']],
  ['serviceMonitor', '--no-service-monitor', ['metrics']],
  ['site', '--site', ['consent']],
  ['serviceAppEvents', '--service-app-events', ['consent']],
  ['notify', '--notify', ['consent']],
];

/**
 * Manifests of a command of this program.
 *
 * @param version the present version of this program, for the placeholder of the image
 * @throws UsageError, ExplainedError
 */
export function companionManifestsOf(
  { deployment, name: deploymentName }: LoadedDeployment,
  command: CompanionName,
  options: CompanionOptions,
  version: string,
): PrintedManifests {
  refuseUnused(command, options);
  const { server } = deployment.vault;
  const address = podAddress(deployment, {}, options.address);
  const namespace = options.namespace ?? (server?.mode === 'kubernetes' ? server.namespace : DEFAULT_NAMESPACE);
  const companion: Companion = {
    deployment,
    name: options.name ?? objectNameOf(deploymentName),
    namespace,
    address,
    ca: caFrom({ ...options, deployment, address }),
    image: options.image ?? placeholderImage(version),
    schedule: options.schedule ?? DEFAULT_SCHEDULE,
    verify: options.verify ?? false,
    serviceMonitor: options.serviceMonitor,
    ...(command === 'consent' && { site: servedSite(deployment, options.site) }),
    serviceAppEvents: options.serviceAppEvents ?? false,
    notify: options.notify ?? false,
  };
  const manifests = companionManifests(command, companion);
  const isKeptOut =
    server?.mode === 'kubernetes' &&
    namespace !== server.namespace &&
    server.allowedNamespaces?.includes(namespace) === false;
  const remarks = [
    ...(options.image === undefined ? ['Give the image of this program by --image, or replace it.'] : []),
    ...(isKeptOut
      ? [
          `warning: pods of namespace "${namespace}" may not connect to the server: vault.server.allowedNamespaces does not name it; add it, then deploy vault-server`,
        ]
      : []),
    `The first lines of the manifests name what the cluster needs. Then: kubectl apply ${needsServerSideApply(companion) ? '--server-side ' : ''}-f FILE`,
  ];
  return { manifests, remarks };
}

/** @throws UsageError if an option was given that this companion does not take */
function refuseUnused(command: CompanionName, options: CompanionOptions): void {
  for (const [flag, users] of givenOptions(options)) {
    if (!users.includes(command)) {
      throw new UsageError(`${flag} is for --run ${users.join(' and --run ')}, got --run ${command}; leave it out`);
    }
  }
}

/** @throws UsageError if an option of companions was given for an app */
export function refuseCompanionOptions(options: CompanionOptions): void {
  const [given] = givenOptions(options);
  if (given !== undefined) {
    const [flag, users] = given;
    throw new UsageError(`${flag} is for --run ${users.join(' and --run ')}, got an app; leave it out`);
  }
}

function givenOptions(options: CompanionOptions): [flag: string, users: readonly CompanionName[]][] {
  return USERS_OF.flatMap(([option, flag, users]) => {
    // Commander sets an option of the form --no-... to true if it is absent.
    const absent = option === 'serviceMonitor' ? true : undefined;
    return options[option] === absent ? [] : [[flag, users]];
  });
}

/** Deployments have objects apart from each other, as they have states apart. */
function objectNameOf(deploymentName: string): string {
  if (deploymentName === DEFAULT_NAME) {
    return DEFAULT_OBJECT_NAME;
  }
  const label = deploymentName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const name = `${DEFAULT_OBJECT_NAME}-${label}`;
  if (label === '' || name.length > LONGEST_NAME) {
    throw new UsageError(
      `the name of the deployment, "${deploymentName}", does not fit the names of objects in Kubernetes; give another beginning of their names by --name`,
    );
  }
  return name;
}
