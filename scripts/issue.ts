import type { Command } from 'commander';
import { describeExpiry, vaultOptionsFromEnvironment } from 'webex-token-client/core';
import { describeCommand, VAULT_ENVIRONMENT, wholeNumber } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { operatorFolder, operatorsOption } from '../lib/cli/operators-option';
import { findApp, type App } from '../lib/declaration/deployment';
import { issuerPolicy } from '../lib/declaration/policies';
import { issueSecretId, rolePath, type SecretIdLifetime, type WrappedSecretId } from '../lib/access/secret-id';
import { OperatorSession } from '../lib/server/operator-session';

/*
 * Issues a secret id for an app, wrapped: the operator who runs this never sees it.
 */

interface Options {
  readonly wrapTtlSeconds: number;
  readonly json?: true;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Issues a secret id for an app, with the lifetime, uses and networks that deployment.ts declares, and prints a wrapping token that fetches it once.',
    environment: VAULT_ENVIRONMENT,
    exitCodes: { 5: 'not permitted: the Vault token may not issue secret ids of this app' },
  })
    .argument('<app>', 'name of the app in deployment.ts')
    .option('--wrap-ttl-seconds <seconds>', 'how long the app has to fetch it', wholeNumber, 300)
    .option('--json', 'print everything as JSON')
    .addOption(operatorsOption('issuer'))
    .addHelpText('after', policyHelp)
    .action(async (appName: string, options: Options) => {
      const { deployment } = await declaredDeployment(command);
      const app = findApp(deployment, appName);
      const vaultOptions = vaultOptionsFromEnvironment(deployment.vault);
      const operators = operatorFolder(command);
      await using session = await OperatorSession.open(vaultOptions, 'issuer', { operators, signal });
      // A secret id that was issued meanwhile is lost with its wrapping, and nobody has seen it: nothing to wait for.
      const issued = await issueSecretId(session.vault.endedBy(signal), deployment, app.name, options.wrapTtlSeconds);
      const { address, namespace } = vaultOptions;
      process.stdout.write(
        options.json
          ? `${JSON.stringify(asJson(app, issued), null, 2)}\n`
          : asText(app, issued, { address, namespace, appRolePath: deployment.appRolePath }),
      );
      process.stderr.write(shortened(app, issued.lifetime, deployment.appRolePath));
    });
}

function asJson(app: App, issued: WrappedSecretId): object {
  return {
    app: app.name,
    roleId: issued.roleId,
    wrappingToken: issued.wrappingToken,
    wrappingExpireTime: issued.wrappingExpireTime.toISOString(),
    secretIdAccessor: issued.secretIdAccessor ?? null,
    secretIdExpireTime: issued.lifetime?.expireTime.toISOString() ?? null,
    secretIdTtlSeconds: app.secretIdTtlSeconds,
    secretIdUses: app.secretIdUses,
    boundCidrs: app.boundCidrs,
  };
}

interface Where {
  readonly address: string;
  readonly namespace?: string;
  readonly appRolePath: string;
}

/** The token stands in one line, and in no command: what is pasted into a command stays in the shell's history. */
function asText(app: App, issued: WrappedSecretId, { address, namespace, appRolePath }: Where): string {
  const { secretIdUses: uses, boundCidrs } = app;
  const limits = [
    end(app, issued.lifetime),
    uses === 0 ? 'any number of logins' : `${uses} login${uses === 1 ? '' : 's'}`,
    boundCidrs.length === 0 ? 'from any network' : `from ${boundCidrs.join(', ')}`,
  ];
  const server = `VAULT_ADDR=${address}${namespace === undefined ? '' : ` VAULT_NAMESPACE=${namespace}`}`;
  const namespaceHeader = namespace === undefined ? '' : ` -H 'X-Vault-Namespace: ${namespace}'`;
  return [
    `Role id         ${issued.roleId}`,
    `Wrapping token  ${issued.wrappingToken}`,
    `Unwrap before   ${describeExpiry(issued.wrappingExpireTime)}; it works once`,
    `Secret id       ${limits.join(', ')}`,
    ...beforeThen(app),
    ...(issued.secretIdAccessor === undefined ? [] : [`Accessor        ${issued.secretIdAccessor}`]),
    '',
    'The command webex-token, and a program that uses webex-token-client, take it as it is:',
    `  export ${server} VAULT_ROLE_ID=${issued.roleId}`,
    '  read -rs VAULT_WRAPPED_SECRET_ID && export VAULT_WRAPPED_SECRET_ID    # paste the wrapping token',
    '',
    'Anything else fetches the secret id first, with one of these (paste the wrapping token after the first line):',
    '  read -rs WRAPPING_TOKEN',
    `  ${server} VAULT_TOKEN="$WRAPPING_TOKEN" bao unwrap -field=secret_id     # or: vault unwrap ...`,
    `  curl -sS -X POST${namespaceHeader} -K - ${address}/v1/sys/wrapping/unwrap <<< "header = \\"X-Vault-Token: $WRAPPING_TOKEN\\""`,
    '',
    'If that fails before the expiry, someone else was faster. Destroy the secret id then, and issue another:',
    issued.secretIdAccessor === undefined
      ? `  bao list ${rolePath({ appRolePath }, app)}/secret-id    # then destroy each`
      : `  bao write ${rolePath({ appRolePath }, app)}/secret-id-accessor/destroy secret_id_accessor=${issued.secretIdAccessor}`,
    '',
  ].join('\n');
}

function end({ secretIdTtlSeconds }: App, lifetime: SecretIdLifetime | undefined): string {
  if (lifetime !== undefined) {
    return `good until ${describeExpiry(lifetime.expireTime)}`;
  }
  return secretIdTtlSeconds === 0
    ? 'without end'
    : `good for at most ${days(secretIdTtlSeconds)} (this Vault token may not ask until when)`;
}

/** Nothing tells the app when that day comes near. */
function beforeThen({ secretIdTtlSeconds, renewsSecretId }: App): string[] {
  if (secretIdTtlSeconds === 0) {
    return [];
  }
  return [
    renewsSecretId
      ? '                The app renews it in time, from a file that it can write to, with VAULT_RENEW_SECRET_ID=true'
      : '                Issue another before then, or let the app renew it: renewsSecretId in deployment.ts',
  ];
}

function shortened(app: App, lifetime: SecretIdLifetime | undefined, appRolePath: string): string {
  const { secretIdTtlSeconds: declared } = app;
  return lifetime === undefined || lifetime.ttlSeconds >= declared
    ? ''
    : `warning: Vault ends it after ${days(lifetime.ttlSeconds)}, and deployment.ts declares ${days(declared)}: the longest lease of auth/${appRolePath} is shorter; raise it, as with "bao auth tune -max-lease-ttl=${declared}s ${appRolePath}/", then issue again\n`;
}

function days(seconds: number): string {
  return seconds % 86400 === 0 ? `${seconds / 86400} days` : `${seconds} seconds`;
}

/** In general terms: `--help` does not load `deployment.ts`. */
function policyHelp(): string {
  const policy = issuerPolicy('<appRolePath>', '<app>');
  return `\nThe Vault token needs, for each app that it may issue for:\n  ${policy.trimEnd().replaceAll('\n', '\n  ')}\n`;
}
