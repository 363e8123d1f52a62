import { ALLOW_HTTP } from '#core';

/*
 * Environment variables in the help of commands, each with its meaning.
 */

type Environment = Readonly<Record<string, string>>;

/** Variables of commands that talk to Vault. */
export const SERVER_ENVIRONMENT: Environment = {
  VAULT_ADDR: 'address of Vault or OpenBao; default: what deployment.ts declares',
  VAULT_TOKEN: 'Vault token, never an empty one; default: the one in ~/.vault-token',
  VAULT_CACERT: "PEM file of the CA that signed the server's certificate",
  VAULT_NAMESPACE: 'Vault namespace; default: the one in deployment.ts',
  'BAO_...': 'each of them in its OpenBao form, which wins',
};

/** The same for commands that no key share passes through. */
export const VAULT_ENVIRONMENT: Environment = { ...SERVER_ENVIRONMENT, VAULT_ALLOW_HTTP: ALLOW_HTTP };

/** The same for commands that take no token. */
export const TOKENLESS_ENVIRONMENT: Environment = Object.fromEntries(
  Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name !== 'VAULT_TOKEN'),
);

/** Variables of commands that also take an operator's role from the environment. */
export const OPERATOR_ENVIRONMENT: Environment = {
  VAULT_ROLE_ID: 'role id of the operator; default: VAULT_TOKEN, else the one in the operators folder',
  VAULT_SECRET_ID: 'secret id that goes with it',
  VAULT_SECRET_ID_FILE: 'file that holds the secret id',
  VAULT_WRAPPED_SECRET_ID: 'wrapping token that holds it; good for one run',
};

/** Variables of commands that always log in. */
export const LOGIN_ENVIRONMENT: Environment = {
  ...TOKENLESS_ENVIRONMENT,
  ...OPERATOR_ENVIRONMENT,
  VAULT_ROLE_ID: 'role id of the operator; default: its login in the operators folder',
};

/** Variables of commands that act as this operator. */
export function environmentAs(operator: 'authorizer' | 'observer'): Environment {
  return {
    ...VAULT_ENVIRONMENT,
    VAULT_TOKEN: `token with the ${operator}'s policy; default: by the operators folder, else the one in ~/.vault-token`,
  };
}
