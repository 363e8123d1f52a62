import { appRoleFromEnvironment, mountOf, ExplainedError, quotedList, oneLine, vaultVariable } from '#core';
import type { LoginIdentity } from './login-identity';
import { githubIdToken } from './github-id-token';
import { requireJwt } from './jwt';

const METHODS = ['approle', 'jwt', 'kubernetes', 'cert'] as const;

/** Variables of an AppRole, which exclude another identity. */
const APP_ROLE_VARIABLES = ['ROLE_ID', 'SECRET_ID', 'SECRET_ID_FILE', 'WRAPPED_SECRET_ID'];

/** Default audience of a declared `github` identity. */
const GITHUB_AUDIENCE = 'webex-token-vault';

/**
 * Returns the identity of the app, from the environment.
 *
 * @returns undefined if the environment names none
 * @throws ExplainedError if the environment is incomplete or ambiguous
 */
export function identityFromEnvironment(env: NodeJS.ProcessEnv = process.env): LoginIdentity | undefined {
  const asked = vaultVariable('AUTH_METHOD', env);
  const method = METHODS.find((each) => each === (asked ?? 'approle'));
  if (method === undefined) {
    throw new ExplainedError(
      `VAULT_AUTH_METHOD must be one of ${quotedList(METHODS)}, got "${oneLine(asked ?? '')}"; set it to the one that the app is declared with`,
    );
  }
  if (method === 'approle') {
    const appRole = appRoleFromEnvironment(env);
    if (appRole === undefined && asked !== undefined) {
      throw new ExplainedError(
        'VAULT_AUTH_METHOD is approle, and VAULT_ROLE_ID is not set; set it and VAULT_SECRET_ID_FILE, or unset VAULT_AUTH_METHOD',
      );
    }
    return appRole;
  }
  refuseAnother(method, env);
  const role = vaultVariable('ROLE', env);
  if (role === undefined) {
    throw new ExplainedError(
      `VAULT_AUTH_METHOD is ${method}, and VAULT_ROLE is not set, so there is no role to log in as; set it to the name of the app`,
    );
  }
  const base = { role, mountPath: mountOf(vaultVariable('AUTH_MOUNT', env)) || method };
  switch (method) {
    case 'jwt':
      return { jwt: { ...base, ...tokenFromEnvironment(env) } };
    case 'kubernetes':
      return { kubernetes: { ...base, file: vaultVariable('JWT_FILE', env) } };
    case 'cert':
      return { cert: { ...base, ...certificateFromEnvironment(env) } };
  }
}

function refuseAnother(method: string, env: NodeJS.ProcessEnv): void {
  const others = [...APP_ROLE_VARIABLES, ...(method === 'jwt' ? [] : ['JWT'])];
  const other = others.find((name) => vaultVariable(name, env) !== undefined);
  if (other !== undefined) {
    throw new ExplainedError(
      `there are two identities, VAULT_AUTH_METHOD=${method} and VAULT_${other}; unset one of them`,
    );
  }
}

function tokenFromEnvironment(env: NodeJS.ProcessEnv): { file: string } | { token: () => string | Promise<string> } {
  const file = vaultVariable('JWT_FILE', env);
  const given = vaultVariable('JWT', env);
  if (file !== undefined && given !== undefined) {
    throw new ExplainedError('there are two identities, VAULT_JWT and VAULT_JWT_FILE; unset one of them');
  }
  if (file !== undefined) {
    return { file };
  }
  if (given !== undefined) {
    const jwt = requireJwt(given, 'VAULT_JWT holds');
    return { token: () => jwt };
  }
  if (env.GITHUB_ACTIONS || env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    return { token: githubIdToken(vaultVariable('JWT_AUDIENCE', env) ?? GITHUB_AUDIENCE, env) };
  }
  throw new ExplainedError(
    'VAULT_AUTH_METHOD is jwt, and there is no token; set VAULT_JWT_FILE to its file, or VAULT_JWT to the token itself, as "id_tokens" of GitLab does',
  );
}

function certificateFromEnvironment(env: NodeJS.ProcessEnv): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [vaultVariable('CLIENT_CERT', env), vaultVariable('CLIENT_KEY', env)];
  if (certFile === undefined || keyFile === undefined) {
    const missing = certFile === undefined ? 'VAULT_CLIENT_CERT' : 'VAULT_CLIENT_KEY';
    throw new ExplainedError(
      `VAULT_AUTH_METHOD is cert, and ${missing} is not set; set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY to the files of the app's certificate and its key`,
    );
  }
  return { certFile, keyFile };
}
