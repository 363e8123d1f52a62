import type { Command } from 'commander';
import { resolve } from 'node:path';
import { assignments, vaultOptionsFromEnvironment } from '#core';
import { appVariables, identityVariables, serverVariables } from '../lib/apps/identity-variables';
import { issueSecretId, type WrappedSecretId } from '../lib/apps/issued-secret-id';
import { issueTo } from '../lib/cli/apps/issued-file';
import { showIdentity } from '../lib/cli/apps/identity-display';
import { describeCommand } from '../lib/cli/command';
import { VAULT_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { durationOption } from '../lib/cli/options/option-values';
import {
  fileSecretIdText,
  type SecretIdIssuance,
  issuedSecretIdJson,
  shortened,
  wrappedSecretIdText,
} from '../lib/cli/apps/issued-secret-id-text';
import { findApp } from '../lib/declaration/derived/by-name';
import { loginOf, rolePath } from '../lib/declaration/derived/logins';
import { issuerPolicy, MAX_WRAP_TTL_SECONDS } from '../lib/declaration/policies/issuer-policy';

interface Options {
  readonly to?: string;
  /** In seconds. */
  readonly wrapTtl: number;
  readonly json?: true;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault issue people-me': 'Print a wrapping token for app people-me',
      'webex-token-vault issue people-me --to secrets/people-me-secret-id':
        'Write the secret id to a file of this machine',
    },
    summary: 'Issues a secret id for an app, and prints a wrapping token that fetches it once.',
    details: () => [
      'With --to, the secret id goes into a file of this machine. If the app has an identity of its own, this command prints only its environment.',
      {
        title: 'Policy of the Vault token, for each app that it may issue for',
        // `--help` does not load `deployment.ts`, so the policy has placeholders.
        code: issuerPolicy('<appRole.path>', '<app>').trimEnd(),
      },
    ],
    environment: VAULT_ENVIRONMENT,
    exitCodes: { 5: 'Not permitted: the Vault token may not issue secret ids of this app' },
  })
    .argument('<app>', 'Name of a declared app')
    .option('--to <file>', 'Private file for the secret id; the variables that go with it are printed')
    .addOption(
      durationOption('--wrap-ttl <duration>', 'Lifetime of the wrapping token', '5m', {
        atMost: `${MAX_WRAP_TTL_SECONDS / 3600}h`,
      }).conflicts('to'),
    )
    .option('--json', 'Print the result as JSON')
    .addOption(operatorsOption('issuer'))
    .action(async (appName: string, options: Options) => {
      const { deployment } = await declaredDeployment(command);
      const app = findApp(deployment, appName);
      const connection = vaultOptionsFromEnvironment(deployment.vault);
      const login = loginOf(deployment, app);
      if (login.type !== 'approle') {
        showIdentity(login, app, identityVariables(deployment, app, login, connection), options);
        return;
      }
      await using session = await openSession(command, deployment, 'issuer', signal);
      // Nobody has seen a secret id whose wrapping is lost, so an interruption waits for nothing.
      const vault = session.vault.endedBy(signal);
      const issue = (): Promise<WrappedSecretId> => issueSecretId(vault, deployment, app.name, options.wrapTtl);
      const file = options.to === undefined ? undefined : resolve(options.to);
      const issued = file === undefined ? await issue() : await issueTo(file, vault, issue);
      const program = await vault.programName();
      const issuance: SecretIdIssuance = {
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
        process.stdout.write(issuedSecretIdJson(issuance, file));
      } else {
        process.stdout.write(
          file === undefined ? wrappedSecretIdText(issuance) : `export ${assignments(issuance.environment)}\n`,
        );
      }
      if (file !== undefined) {
        process.stderr.write(fileSecretIdText(issuance, file));
      }
      process.stderr.write(shortened(issuance, deployment.appRole.path));
    });
}
