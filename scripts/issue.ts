import { resolve } from 'node:path';
import type { Command } from 'commander';
import { SecretIdFile, unwrapSecretId, UsageError, vaultOptionsFromEnvironment } from '#core';
import { appVariables, identityPlace, identityVariables, serverVariables } from '../lib/apps/app-environment';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { durationOption } from '../lib/cli/duration';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { days, fileHandover, wrappedHandover, type Handover } from '../lib/cli/handover';
import { operatorFolder, operatorsOption } from '../lib/cli/operators-option';
import { assignments } from '../lib/cli/assignments';
import type { IdentityLogin } from '../lib/declaration/derived/app-login';
import { findApp } from '../lib/declaration/derived/by-name';
import type { App } from '../lib/declaration/schema/deployment';
import { declaringFile } from '../lib/declaration/deployment-file';
import { loginOf } from '../lib/declaration/derived/logins';
import { issuerPolicy, MAX_WRAP_TTL_SECONDS } from '../lib/declaration/policies/issuer-policy';
import { issueSecretId, rolePath, type WrappedSecretId } from '../lib/apps/secret-id';
import { refuseVisibleToGit } from '../lib/files/git-visibility';
import { OperatorSession } from '../lib/operators/operator-session';
import type { VaultClient } from '../lib/vault/vault-client';

/*
 * Issues a secret id for an app: wrapped, so that the operator who runs this never sees it, or into a file of this
 * machine.
 */

interface Options {
  readonly to?: string;
  /** In seconds. */
  readonly wrapTtl: number;
  readonly json?: true;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault issue people-me': 'print a wrapping token for app people-me',
      'webex-token-vault issue people-me --to secrets/people-me-secret-id':
        'write the secret id to a file of this machine',
    },
    summary:
      'Issues a secret id for an app, with the lifetime, uses and networks that deployment.ts declares, and prints a wrapping token that fetches it once; or leaves it in a file of this machine. Of an app that has an identity of its own, prints its environment: there is nothing to issue.',
    environment: VAULT_ENVIRONMENT,
    exitCodes: { 5: 'not permitted: the Vault token may not issue secret ids of this app' },
  })
    .argument('<app>', 'name of the app in deployment.ts')
    .option(
      '--to <file>',
      'write the secret id to this private file, unwrapped, and print the variables that go with it',
    )
    .addOption(
      durationOption('--wrap-ttl <duration>', 'how long the app has to fetch it', '5m', {
        atMost: `${MAX_WRAP_TTL_SECONDS / 3600}h`,
      }).conflicts('to'),
    )
    .option('--json', 'print everything as JSON')
    .addOption(operatorsOption('issuer'))
    .addHelpText('after', policyHelp)
    .action(async (appName: string, options: Options) => {
      const { deployment } = await declaredDeployment(command);
      const app = findApp(deployment, appName);
      const connection = vaultOptionsFromEnvironment(deployment.vault);
      const login = loginOf(deployment, app);
      if (login.type !== 'approle') {
        showIdentity(login, app, identityVariables(deployment, app, login, connection), options);
        return;
      }
      const operators = operatorFolder(command);
      await using session = await OperatorSession.open(connection, 'issuer', { operators, signal });
      // A secret id that was issued meanwhile is lost with its wrapping, and nobody has seen it: nothing to wait for.
      const vault = session.vault.endedBy(signal);
      const issue = (): Promise<WrappedSecretId> => issueSecretId(vault, deployment, app.name, options.wrapTtl);
      const file = options.to === undefined ? undefined : resolve(options.to);
      const issued = file === undefined ? await issue() : await issueTo(file, vault, issue);
      const program = await vault.programName();
      const handover: Handover = {
        app,
        program,
        issued,
        rolePath: rolePath(deployment, app),
        server: serverVariables(connection),
        environment: {
          ...appVariables(deployment, app, connection, issued.roleId),
          ...(file === undefined ? {} : { VAULT_SECRET_ID_FILE: file }),
        },
      };
      if (options.json) {
        process.stdout.write(asJson(handover, file));
      } else {
        process.stdout.write(
          file === undefined ? wrappedHandover(handover) : `export ${assignments(handover.environment)}\n`,
        );
      }
      if (file !== undefined) {
        process.stderr.write(fileHandover(handover, file));
      }
      process.stderr.write(shortened(handover, deployment.appRole.path));
    });
}

/** @throws UsageError where a secret id is wanted, which such an app has none of */
function showIdentity(login: IdentityLogin, app: App, environment: Record<string, string>, options: Options): void {
  if (options.to !== undefined) {
    throw new UsageError(
      `app "${app.name}" logs in by ${login.type}, with what it has already, so there is no secret id to write to ${options.to}; leave --to out, and set what is printed then where the app runs`,
    );
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ app: app.name, identity: login.type, environment }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`export ${assignments(environment)}\n`);
  process.stderr.write(
    [
      `app ${app.name} logs in by ${login.type}: nothing was issued, and Vault was not asked. The line above says who it is, where it runs.`,
      ...identityPlace(login),
      '',
    ].join('\n'),
  );
}

/** @returns what was issued; its wrapping is used up */
async function issueTo(
  file: string,
  vault: VaultClient,
  issue: () => Promise<WrappedSecretId>,
): Promise<WrappedSecretId> {
  await refuseVisibleToGit(file);
  const secretIdFile = new SecretIdFile(file);
  await secretIdFile.prepare();
  const issued = await issue();
  await secretIdFile.put(await unwrapSecretId(vault.connection, issued.wrappingToken));
  return issued;
}

function asJson({ app, issued, environment }: Handover, file: string | undefined): string {
  const wrapping = {
    wrappingToken: issued.wrappingToken,
    wrappingExpireTime: issued.wrappingExpireTime.toISOString(),
  };
  const answer = {
    app: app.name,
    roleId: issued.roleId,
    // Used up, where the secret id is in its file.
    ...(file === undefined ? wrapping : { wrappingToken: null, wrappingExpireTime: null }),
    secretIdAccessor: issued.secretIdAccessor ?? null,
    secretIdExpireTime: issued.lifetime?.expireTime.toISOString() ?? null,
    secretIdTtlSeconds: app.secretIdTtlSeconds,
    secretIdUses: app.secretIdUses,
    boundCidrs: app.boundCidrs,
    environment,
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

function shortened({ app, program, issued: { lifetime } }: Handover, appRolePath: string): string {
  const { secretIdTtlSeconds: declared } = app;
  return lifetime === undefined || lifetime.ttlSeconds >= declared
    ? ''
    : `warning: Vault ends it after ${days(lifetime.ttlSeconds)}, and ${declaringFile()} declares ${days(declared)}: the longest lease of auth/${appRolePath} is shorter; raise it, as with "${program} auth tune -max-lease-ttl=${declared}s ${appRolePath}/", then issue again\n`;
}

/** In general terms: `--help` does not load `deployment.ts`. */
function policyHelp(): string {
  const policy = issuerPolicy('<appRole.path>', '<app>');
  return `\nThe Vault token needs, for each app that it may issue for:\n  ${policy.trimEnd().replaceAll('\n', '\n  ')}\n`;
}
