import { Option, type Command } from 'commander';
import {
  ExplainedError,
  ourCommand,
  UsageError,
  type VaultConnectionOptions,
  vaultOptionsFromEnvironment,
  VaultSealed,
} from '#core';
import { describeCommand, SERVER_ENVIRONMENT, wholeNumber } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/declared-deployment';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { declaringFile } from '../lib/declaration/deployment-file';
import { peopleRoles } from '../lib/declaration/derived/people';
import {
  checkKeyOptions,
  initializeServer,
  prepareServer,
  type KeyOptions,
  type SecretReceiver,
} from '../lib/server/keys/initialization';
import { encryptedConnection } from '../lib/server/encrypted-connection';
import { noteCluster, refuseOtherCluster } from '../lib/operators/folder-cluster';
import { readKeyShares } from '../lib/operators/key-shares';
import {
  DEFAULT_OPERATOR_FOLDER,
  prepareOperatorFolder,
  writeKeyShares,
  writeOperatorLogin,
  OPERATORS_VARIABLE,
} from '../lib/operators/operator-folder';
import { OPERATOR_ENVIRONMENT, OperatorSession } from '../lib/operators/operator-session';
import { OPERATOR_NAMES, OPERATOR_PURPOSES, type OperatorName } from '../lib/operators/operators';
import { otherNodes } from '../lib/server/other-nodes';
import { patientReceiver } from '../lib/server/keys/patient-receiver';
import { readPgpKey } from '../lib/server/keys/pgp-key';
import { createPrivateFolder } from '../lib/files/private-file';
import { withRootToken } from '../lib/server/keys/root-token';
import { graceSignal } from '../lib/vault/grace-signal';
import { VaultClient } from '../lib/vault/vault-client';
import { explainRefusals } from '../lib/operators/server-refusal';

/*
 * Initializes a production server; and later, with key shares, brings its operators up to date.
 */

interface Options {
  readonly shares: number;
  readonly threshold: number;
  readonly pgpKey?: string[];
  readonly unsealTimeoutSeconds: number;
  readonly out: string;
  readonly print?: true;
  readonly auditFile: string;
  readonly updatePolicy?: true;
  readonly newSecretIds?: true;
  readonly from?: string;
  readonly shareFile?: string[];
}

const SECOND_MS = 1000;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault init --shares 5 --threshold 3': 'initialize a new server, with five key shares',
    },
    summary:
      'Initializes a new server: writes its key shares, unseals it, checks that it is audited, makes the operator roles, and revokes the root token.',
    environment: { ...SERVER_ENVIRONMENT, ...OPERATOR_ENVIRONMENT },
    cleanUpMs: 20 * SECOND_MS,
  })
    .option('--shares <n>', 'how many shares the unseal key (or recovery key) is split into', wholeNumber, 5)
    .option('--threshold <n>', 'how many of them it takes', wholeNumber, 3)
    .option('--pgp-key <files...>', 'binary PGP public keys, one for each share, which is then written encrypted')
    .option('--unseal-timeout-seconds <n>', 'how long their owners have to unseal it then', wholeNumber, 3600)
    .addOption(
      new Option('--out <folder>', 'where shares, role ids and secret ids go, a file each')
        .env(OPERATORS_VARIABLE)
        .default(DEFAULT_OPERATOR_FOLDER),
    )
    .option('--print', 'show them once on this terminal instead, and write them nowhere')
    .option('--audit-file <path>', 'file on a Vault server for its audit log, or "stdout"', '/vault/logs/audit.log')
    .option('--update-policy', 'on an initialized server: write the operator roles as deployment.ts needs them now')
    .option('--new-secret-ids', 'with it: new secret ids for all operators; the ones before end')
    .option('--from <folder>', 'with it: take the key shares from this folder')
    .option('--share-file <files...>', 'with it: take the key shares from these files')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      const { deployment } = await declaredDeployment(command);
      const connection = connect(deployment);
      if (command.getOptionValueSource('auditFile') === 'default' && auditsToStdout(deployment)) {
        options = { ...options, auditFile: 'stdout' };
      }
      await explainRefusals(() =>
        options.updatePolicy
          ? update(connection, deployment, options, command.getOptionValueSource('out') !== 'default', signal)
          : initialize(connection, deployment, options, signal),
      );
    });
}

function auditsToStdout({ vault: { server } }: Deployment): boolean {
  return server?.mode === 'kubernetes' && server.audit === 'stdout';
}

async function initialize(
  connection: VaultConnectionOptions,
  deployment: Deployment,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { shares, threshold, unsealTimeoutSeconds, auditFile, pgpKey } = options;
  if (options.newSecretIds || options.from !== undefined || options.shareFile !== undefined) {
    throw new UsageError('--new-secret-ids, --from and --share-file go with --update-policy; give that too');
  }
  const pgpKeys = pgpKey === undefined ? undefined : await Promise.all(pgpKey.map(readPgpKey));
  const keys: KeyOptions = { shares, threshold, pgpKeys };
  checkKeyOptions(keys);
  const client = new VaultClient({ ...connection, token: undefined });
  const receiver = await receiverFor(options, client, signal, async () => {
    // Before the folder is made or refused: an initialized server is the better reason to stop.
    if (!(await client.endedBy(signal).sealStatus()).initialized) {
      await prepareOperatorFolder(options.out);
    }
  });
  const unsealTimeoutMs = unsealTimeoutSeconds * SECOND_MS;
  await initializeServer(client, {
    keys,
    deployment,
    receiver,
    auditFile,
    unsealTimeoutMs,
    // Shares that PGP has encrypted are no shares yet.
    shareFolder: options.print || pgpKeys !== undefined ? undefined : options.out,
    report,
    signal,
  });
  process.stderr.write(afterwards(options, deployment));
}

async function update(
  connection: VaultConnectionOptions,
  deployment: Deployment,
  options: Options,
  isFolderNamed: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { auditFile, newSecretIds = false, from, shareFile } = options;
  const client = new VaultClient({ ...connection, token: undefined, signal });
  const receiver = await receiverFor(options, client, signal, () =>
    // Before the root token is made, where it is known to be needed.
    newSecretIds ? createPrivateFolder(options.out) : Promise.resolve(),
  );
  const status = await client.sealStatus();
  if (!status.initialized || status.sealed) {
    const [state, command] = status.initialized
      ? ['sealed', ourCommand('unseal')]
      : ['not initialized', ourCommand('init')];
    const message = `${client.address} is ${state}, so there is nothing to update; run "${command}" first`;
    throw status.initialized ? new VaultSealed(client.address, message) : new ExplainedError(message);
  }
  if (!options.print) {
    await refuseOtherCluster(client, options.out);
  }
  await using session = await OperatorSession.open(connection, 'administrator', {
    operators: { path: options.out, isNamed: isFolderNamed },
    roleFromEnvironment: true,
    signal,
  });
  const shares = readKeyShares({ files: shareFile, folder: from }, signal);
  // Not ended at once: a root token whose answer nobody awaits could not be revoked.
  await withRootToken(session.vault.endedBy(graceSignal(signal)), shares, (root) =>
    prepareServer(root, { deployment, receiver, auditFile, report, signal }, newSecretIds),
  );
  report('root token revoked');
}

async function receiverFor(
  options: Options,
  client: VaultClient,
  signal: AbortSignal,
  prepare: () => Promise<void>,
): Promise<SecretReceiver> {
  if (options.print) {
    if (!process.stdout.isTTY) {
      throw new UsageError('--print shows secrets on a terminal, and standard output is none; leave it out');
    }
    return {
      keyShares: async (shares) => print(shares.map((share, index) => `Key share ${index + 1}: ${share}`)),
      operator: async (name, login) =>
        print([`Role id of ${name}: ${login.roleId}`, `Secret id of ${name}: ${login.secretId}`]),
    };
  }
  await prepare();
  const onDisk: SecretReceiver = {
    keyShares: (shares) => writeKeyShares(options.out, shares),
    operator: async (name, login) => {
      await createPrivateFolder(options.out);
      await noteCluster(client, options.out);
      await writeOperatorLogin(options.out, name, login);
    },
  };
  return patientReceiver(onDisk, { folder: options.out, report, signal });
}

function print(lines: readonly string[]): Promise<void> {
  process.stdout.write(`${lines.join('\n')}\n`);
  return Promise.resolve();
}

/** Everything here happens in the root namespace, where alone a server can be initialized. */
function connect(deployment: Deployment): VaultConnectionOptions {
  const options = encryptedConnection(vaultOptionsFromEnvironment({ address: deployment.vault.address }));
  if (options.namespace !== undefined || deployment.vault.namespace !== undefined) {
    throw new ExplainedError(
      'a server is initialized in its root namespace, and a namespace is set; unset VAULT_NAMESPACE, or have whoever runs that server prepare it',
    );
  }
  return options;
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

function afterwards({ out, print: printed }: Options, deployment: Deployment): string {
  const where = printed
    ? ''
    : `\nIn ${out}, a file each, mode 0600: give each to whom it belongs, and keep no two shares in one place.`;
  const declared = deployment.manageProvisioner
    ? `\nSet manageProvisioner to false in ${declaringFile()}: the provisioner may not write its own policy, "${ourCommand('init', '--update-policy')}" does.`
    : '';
  const others = otherNodes(deployment.vault.server)
    .map((line) => `\n${line}`)
    .join('');
  return `${where}${people(deployment)}${declared}${others}\nNext: ${ourCommand('deploy', 'webex-tokens')}\n`.replace(
    /^\n/,
    '',
  );
}

function people(deployment: Deployment): string {
  const names = peopleRoles(deployment).map(({ operator }) => operator);
  return names.length === 0
    ? ''
    : `\nOnce webex-tokens is deployed, people act as ${names.join(', ')} by "${ourCommand('token', 'OPERATOR', '--oidc')}"; keep these logins for machines, and for when the identity provider is down.`;
}

const HELP = `
Run again on an initialized server it says so and changes nothing. After a change in deployment.ts that the
provisioner's policy must follow (an integration or an app more or less, another path of the engine), run it with
--update-policy: it makes a root token from the key shares (asked for, unless --from or --share-file names them, or one a
line on standard input) and the operator role "administrator", writes the operator roles, and revokes the root token.
That gives up another generation of a root token that may be under way.

Operators (auth/operators, one AppRole each):
${OPERATOR_NAMES.map((name: OperatorName) => `  ${name.padEnd(13)}  ${OPERATOR_PURPOSES[name]}`).join('\n')}
Where deployment.ts declares operators.oidc, these AppRoles are for machines, and for when the identity provider is down:
people act as the operators that have groups there by "${ourCommand('token', 'OPERATOR', '--oidc')}".
`;
