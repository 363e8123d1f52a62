import { assignments, describeExpiry, programLine } from '#core';
import type { SecretIdLifetime, WrappedSecretId } from '../../apps/issued-secret-id';
import type { App } from '../../declaration/schema/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import type { ServerProgramName } from '../../vault/vault-client';

/*
 * Texts for a person who gives a secret id to an app. A shell keeps pasted lines in its history, so no line holds the token.
 */

export interface SecretIdIssuance {
  readonly app: App;
  /** The command-line program of the server's product. */
  readonly program: ServerProgramName;
  readonly issued: WrappedSecretId;
  /** Path of the AppRole, such as `auth/approle/role/people-me`. */
  readonly rolePath: string;
  /** Variables that name the server. */
  readonly server: Readonly<Record<string, string>>;
  /** The same, and the variables that name the app. */
  readonly environment: Readonly<Record<string, string>>;
}

export function wrappedSecretIdText(issuance: SecretIdIssuance): string {
  const { app, program, issued, environment } = issuance;
  const { VAULT_CACERT: caFile } = environment;
  return [
    `Role id         ${issued.roleId}`,
    `Wrapping token  ${issued.wrappingToken}`,
    `Unwrap before   ${describeExpiry(issued.wrappingExpireTime)}; it works once`,
    `Secret id       ${limits(app, issued.lifetime)}`,
    ...beforeThen(app),
    ...(issued.secretIdAccessor === undefined ? [] : [`Accessor        ${issued.secretIdAccessor}`]),
    '',
    'Set these variables where the app runs. Choose a private place for the file:',
    `  export ${assignments(environment)}`,
    `  export VAULT_SECRET_ID_FILE="$HOME/${app.name}.secret-id"`,
    ...(caFile === undefined ? [] : ['On another machine, set VAULT_CACERT to a copy of the CA.']),
    '',
    'Run this line alone, then paste the wrapping token:',
    '  read -rs WRAPPING_TOKEN',
    '',
    'Then run ONE of these lines, which fetch the secret id into the file. The wrapping token works once:',
    `  VAULT_WRAPPED_SECRET_ID="$WRAPPING_TOKEN" ${programLine('webex-token', 'unwrap')}`,
    `  ${intoFile(`VAULT_TOKEN="$WRAPPING_TOKEN" ${program} unwrap -field=secret_id`)}`,
    `  ${curl(issuance)}`,
    '',
    'If Vault refuses the wrapping token before it expires, the token was used already. Somebody else may have the secret id,',
    'unless an answer to you was lost. Have an administrator destroy the secret id, and issue another one:',
    `  ${destruction(issuance)}`,
    '',
  ].join('\n');
}

/** Text about a secret id that was written to its file. */
export function fileSecretIdText({ app, issued }: SecretIdIssuance, file: string): string {
  return [
    `the secret id is in ${file}: ${limits(app, issued.lifetime)}`,
    ...beforeThen(app).map((line) => line.trim()),
    ...(issued.secretIdAccessor === undefined ? [] : [`to destroy it, use its accessor: ${issued.secretIdAccessor}`]),
    '',
  ].join('\n');
}

function curl({ server }: SecretIdIssuance): string {
  const options = [
    ...(server.VAULT_CACERT === undefined ? [] : ['--cacert "$VAULT_CACERT"']),
    ...(server.VAULT_NAMESPACE === undefined ? [] : ['-H "X-Vault-Namespace: $VAULT_NAMESPACE"']),
  ];
  const request = ['curl -sSf -X POST', ...options, '-K - "$VAULT_ADDR/v1/sys/wrapping/unwrap"'].join(' ');
  const header = '<<< "header = \\"X-Vault-Token: $WRAPPING_TOKEN\\""';
  // Without a match, grep fails.
  const field = `grep -o '"secret_id":"[^"]*' | cut -d '"' -f 4`;
  return intoFile(`set -o pipefail; ${request} ${header} | ${field}`);
}

/** A failed fetch leaves an earlier secret id in the file. */
function intoFile(fetching: string): string {
  const [file, fetched] = ['"$VAULT_SECRET_ID_FILE"', '"$VAULT_SECRET_ID_FILE.new"'];
  return `(umask 077; trap 'rm -f ${fetched}' EXIT; ${fetching} > ${fetched} && mv ${fetched} ${file})`;
}

function destruction({ program, issued, rolePath, server }: SecretIdIssuance): string {
  return issued.secretIdAccessor === undefined
    ? `${assignments(server)} ${program} list ${rolePath}/secret-id    # then destroy each one`
    : `${assignments(server)} ${program} write ${rolePath}/secret-id-accessor/destroy secret_id_accessor=${issued.secretIdAccessor}`;
}

function limits(app: App, lifetime: SecretIdLifetime | undefined): string {
  const { secretIdUses: uses, boundCidrs } = app;
  return [
    end(app, lifetime),
    uses === 0 ? 'any number of logins' : `${uses} login${uses === 1 ? '' : 's'}`,
    boundCidrs.length === 0 ? 'from any network' : `from ${boundCidrs.join(', ')}`,
  ].join(', ');
}

function end({ secretIdTtlSeconds }: App, lifetime: SecretIdLifetime | undefined): string {
  if (lifetime !== undefined) {
    return `valid until ${describeExpiry(lifetime.expireTime)}`;
  }
  return secretIdTtlSeconds === 0
    ? 'never expires'
    : `valid for at most ${days(secretIdTtlSeconds)} (this Vault token may not read its expiry)`;
}

/** The app is not warned before its secret id expires. */
function beforeThen({ secretIdTtlSeconds, renewsSecretId }: App): string[] {
  if (secretIdTtlSeconds === 0) {
    return [];
  }
  return [
    renewsSecretId
      ? '                The app renews it with VAULT_RENEW_SECRET_ID=true, if it can write to the file'
      : `                Issue another one before it expires, or let the app renew it: renewsSecretId in ${declaringFile()}`,
  ];
}

function days(seconds: number): string {
  return seconds % 86400 === 0 ? `${seconds / 86400} days` : `${seconds} seconds`;
}

/** @param file holds the secret id; its wrapping token is used up @default - the wrapping token is printed */
export function issuedSecretIdJson({ app, issued, environment }: SecretIdIssuance, file: string | undefined): string {
  const wrapping = {
    wrappingToken: issued.wrappingToken,
    wrappingExpireTime: issued.wrappingExpireTime.toISOString(),
  };
  const answer = {
    app: app.name,
    roleId: issued.roleId,
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

/** Warns if the secret id expires earlier than declared. @returns "" if it does not */
export function shortened({ app, program, issued: { lifetime } }: SecretIdIssuance, appRolePath: string): string {
  const { secretIdTtlSeconds: declared } = app;
  return lifetime === undefined || lifetime.ttlSeconds >= declared
    ? ''
    : `warning: the secret id expires after ${days(lifetime.ttlSeconds)}, but ${declaringFile()} declares ${days(declared)}: the longest lease of auth/${appRolePath} is shorter; raise it with "${program} auth tune -max-lease-ttl=${declared}s ${appRolePath}/", then issue again\n`;
}
