import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, errorCode, ExplainedError, shellWord } from '#core';
import {
  AGENT_CONFIGURATION_HEADER,
  agentConfiguration,
  tokenFile,
  tokenVariable,
  type AgentConfigurationProps,
} from '../../apps/agent-configuration';
import type { AppLogin } from '../../declaration/derived/app-login';
import { loginOf } from '../../declaration/derived/logins';
import { declaringFile } from '../../declaration/deployment-file';
import type { App, Deployment } from '../../declaration/schema/deployment';
import { createPrivateFolder, writePrivateFile } from '../../files/private-file';
import { PROGRAMS } from '../../vault/vault-client';

/** Writes the configuration of an agent into its private folder, over an older configuration. @returns the file */
export async function writeAgentConfiguration(
  deployment: Deployment,
  app: App,
  props: AgentConfigurationProps,
): Promise<string> {
  const configuration = agentConfiguration(deployment, app, props);
  const file = join(props.folder, 'agent.hcl');
  if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(AGENT_CONFIGURATION_HEADER)) {
    throw new ExplainedError(`${file} exists and was not written by this command; move it away, or use another --out`);
  }
  // The folder will hold the secret id and the tokens.
  await createPrivateFolder(props.folder);
  try {
    await writePrivateFile(file, configuration);
  } catch (error) {
    throw new ExplainedError(`${file} cannot be written (${errorCode(error)}); use another --out`);
  }
  return file;
}

/** Files that the agent needs before it starts. */
function needed(login: AppLogin, { folder, identityFiles = {} }: AgentConfigurationProps): string {
  const { jwt, clientCertificate, clientKey } = identityFiles;
  switch (login.type) {
    case 'cert':
      return `its certificate in ${clientCertificate ?? join(folder, 'client.pem')} and the key in ${clientKey ?? join(folder, 'client-key.pem')}`;
    case 'kubernetes':
      return `its token, for audience "${login.audience}", in ${jwt ?? (login.cluster === undefined ? 'a file of a projected volume, which VAULT_JWT_FILE must name' : 'the token file of the pod')}`;
    case 'jwt':
      return `its token, for audience "${login.audience}", in ${jwt ?? join(folder, 'jwt')}`;
    case 'approle':
      return 'its role id and its secret id';
  }
}

/** Next steps of the person who runs the agent. */
export function agentSteps(deployment: Deployment, app: App, props: AgentConfigurationProps, file: string): string {
  const { folder, namespace, secretId, command } = props;
  const login = loginOf(deployment, app);
  const product = deployment.vault.server?.product;
  const isWrapped = secretId === 'wrapped';
  const products = app.reads.map((name) =>
    command === undefined ? tokenFile(folder, name) : `$${tokenVariable(name)}`,
  );
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
          `Its secret id is valid for ${app.secretIdUses} logins (secretIdUses in ${declaringFile()}), and the agent logs in again every ${app.tokenMaxTtlSeconds} seconds.`,
        ];
  // If somebody else runs the server, its product is unknown.
  const other = product === undefined ? '    # or: vault agent -config=...' : '';
  // The agent's default of 60 s may be too short for a refresh by the engine. The paths contain the namespace.
  const start = `  ${withoutNamespace}VAULT_CLIENT_TIMEOUT=100s ${PROGRAMS[product ?? 'openbao']} agent -config=${shellWord(file)}${other}`;
  const result = `The access token will be in ${products.join(', ')}.`;
  if (login.type !== 'approle') {
    return ['', `The agent needs ${needed(login, props)}. Then start it:`, start, result, ''].join('\n');
  }
  return [
    '',
    'Give the agent its role id and its secret id, then start it:',
    `  (umask 077; issued=$(${issue}) && ${field('roleId')} > ${roleIdFile}${wrappingToken})`,
    start,
    result,
    ...uses,
    ...(isWrapped ? ['The wrapping token works for one start. Issue another one before the next start.'] : end(app)),
    '',
  ].join('\n');
}

function end({ name, secretIdTtlSeconds }: App): string[] {
  return secretIdTtlSeconds === 0
    ? []
    : [
        `An agent cannot renew its secret id. Replace it before it expires; "${commandLine('issue', name)}" shows the date.`,
      ];
}
