import { join } from 'node:path';
import { commandLine, shellWord } from '#core';
import { tokenFile, tokenVariable, type IdentityFiles } from '../../apps/agent-configuration';
import type { AppLogin } from '../../declaration/derived/app-login';
import { declaringFile } from '../../declaration/deployment-file';
import type { App } from '../../declaration/schema/deployment';
import { PROGRAMS, type ServerHealth } from '../../vault/vault-client';

export interface WrittenConfiguration {
  readonly format: 'file' | 'env';
  /** Whether the file `secret-id` holds a wrapping token. */
  readonly isWrapped: boolean;
  readonly login: AppLogin;
  readonly identityFiles: IdentityFiles;
  readonly folder: string;
  /** The configuration. */
  readonly file: string;
  readonly namespace?: string;
  /** @default - somebody else runs the server, so the product is unknown */
  readonly product?: ServerHealth['product'];
}

/** Files that the agent needs before it starts. */
function needed(login: AppLogin, folder: string, { jwt, clientCertificate, clientKey }: IdentityFiles): string {
  switch (login.type) {
    case 'cert':
      return `its certificate in ${clientCertificate ?? join(folder, 'client.pem')} and the key in ${clientKey ?? join(folder, 'client-key.pem')}`;
    case 'kubernetes':
      return `its token, for audience "${login.audience}", in ${jwt ?? (login.cluster === undefined ? 'a file of a projected volume, which VAULT_JWT_FILE has to name here' : 'the file that every pod has')}`;
    case 'jwt':
      return `its token, for audience "${login.audience}", in ${jwt ?? join(folder, 'jwt')}`;
    case 'approle':
      return 'its role id and its secret id';
  }
}

/** Next steps of the person who runs the agent. */
export function agentSteps(app: App, written: WrittenConfiguration): string {
  const { format, isWrapped, folder, file, namespace, product, login, identityFiles } = written;
  const products = app.reads.map((name) => (format === 'env' ? `$${tokenVariable(name)}` : tokenFile(folder, name)));
  const [roleIdFile, secretIdFile] = ['role-id', 'secret-id'].map((name) => shellWord(join(folder, name)));
  const to = isWrapped ? [] : ['--to', join(folder, 'secret-id')];
  const issue = commandLine('issue', app.name, ...to, '--json');
  const field = (name: string): string => `node -pe 'JSON.parse(fs.readFileSync(0)).${name}' <<< "$issued"`;
  const withoutNamespace = namespace === undefined ? '' : 'env -u VAULT_NAMESPACE -u BAO_NAMESPACE ';
  const wrappingToken = isWrapped ? ` && ${field('wrappingToken')} > ${secretIdFile}` : '';
  const uses =
    app.secretIdUses === 0
      ? []
      : [
          `Its secret id is good for ${app.secretIdUses} logins (secretIdUses in ${declaringFile()}), and the agent logs in again every ${app.tokenMaxTtlSeconds} seconds.`,
        ];
  const other = product === undefined ? '    # or: vault agent -config=...' : '';
  // The agent's default of 60 s may be too short for a refresh by the engine. The paths contain the namespace.
  const start = `  ${withoutNamespace}VAULT_CLIENT_TIMEOUT=100s ${PROGRAMS[product ?? 'openbao']} agent -config=${shellWord(file)}${other}`;
  const result = `The access token will be in ${products.join(', ')}.`;
  if (login.type !== 'approle') {
    return ['', `The agent needs ${needed(login, folder, identityFiles)}. Then start it:`, start, result, ''].join(
      '\n',
    );
  }
  return [
    '',
    'Give the agent its role id and its secret id, then start it:',
    `  (umask 077; issued=$(${issue}) && ${field('roleId')} > ${roleIdFile}${wrappingToken})`,
    start,
    result,
    ...uses,
    ...(isWrapped ? ['The agent cannot be started again with it: issue another then.'] : end(app)),
    '',
  ].join('\n');
}

function end({ name, secretIdTtlSeconds }: App): string[] {
  return secretIdTtlSeconds === 0
    ? []
    : [`An agent cannot renew its secret id: replace it before the day that "${commandLine('issue', name)}" tells.`];
}
