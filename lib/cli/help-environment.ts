import { ALLOW_HTTP } from '#core';

/*
 * Environment variables in the help of commands, each with its meaning.
 */

type Environment = Readonly<Record<string, string>>;

/** Variables of commands that talk to Vault. */
export const SERVER_ENVIRONMENT: Environment = {
  VAULT_ADDR: 'Address of Vault or OpenBao (default: the declared address)',
  VAULT_TOKEN: 'Vault token; it must not be empty (default: the token in ~/.vault-token)',
  VAULT_CACERT: "PEM file of the CA that signed the server's certificate",
  VAULT_NAMESPACE: 'Vault namespace (default: the declared namespace)',
  'BAO_...': 'OpenBao form of each VAULT_ variable, which has precedence',
};

/** The same for commands that handle no key shares. */
export const VAULT_ENVIRONMENT: Environment = { ...SERVER_ENVIRONMENT, VAULT_ALLOW_HTTP: ALLOW_HTTP };

/** The same for commands that take no token. */
export const TOKENLESS_ENVIRONMENT: Environment = Object.fromEntries(
  Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name !== 'VAULT_TOKEN'),
);

/** Variables of commands that also take an operator's role from the environment. */
export const OPERATOR_ENVIRONMENT: Environment = {
  VAULT_ROLE_ID: 'Role id of the operator (default: VAULT_TOKEN, or the role id in the operators folder)',
  VAULT_SECRET_ID: 'Secret id of this role',
  VAULT_SECRET_ID_FILE: 'File with the secret id',
  VAULT_WRAPPED_SECRET_ID: 'Wrapping token with the secret id, for one run',
};

/** Variables of commands that always log in. */
export const LOGIN_ENVIRONMENT: Environment = {
  ...TOKENLESS_ENVIRONMENT,
  ...OPERATOR_ENVIRONMENT,
  VAULT_ROLE_ID: 'Role id of the operator (default: the role id in the operators folder)',
};

/** Variables of commands that act as this operator. */
export function environmentAs(operator: 'authorizer' | 'observer'): Environment {
  return {
    ...VAULT_ENVIRONMENT,
    VAULT_TOKEN: `Token with the policy of the ${operator} (default: a login by the operators folder, or the token in ~/.vault-token)`,
  };
}
