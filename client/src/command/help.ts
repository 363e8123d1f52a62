import { ALLOW_HTTP, CREDENTIAL_EXIT_CODES } from '#core';

const ENVIRONMENT = {
  VAULT_ADDR: 'address of Vault or OpenBao',
  VAULT_ROLE_ID: 'role id of the app, an output of the deployment',
  VAULT_SECRET_ID: 'secret id that goes with it, or instead of it:',
  VAULT_SECRET_ID_FILE: 'file that holds the secret id',
  VAULT_RENEW_SECRET_ID: '"true": issue a new secret id in time and write it there, as the app must be declared to do',
  VAULT_WRAPPED_SECRET_ID:
    'wrapping token that holds it, as "webex-token-vault issue" prints it; good for one run, or "webex-token unwrap"',
  VAULT_AUTH_METHOD: '"jwt", "kubernetes" or "cert": log in by that method instead of AppRole',
  VAULT_ROLE: 'name of the app, for those methods',
  VAULT_AUTH_MOUNT: 'mount of the method; default: its name',
  VAULT_JWT_FILE: 'file that holds the token, read at every login; default: the one that every pod has',
  VAULT_JWT: 'the token itself, as "id_tokens" of GitLab sets it; not needed on GitHub Actions',
  VAULT_JWT_AUDIENCE: 'audience to ask GitHub for; default: webex-token-vault',
  VAULT_CLIENT_CERT: "PEM file of the app's certificate",
  VAULT_CLIENT_KEY: 'PEM file of its key',
  VAULT_CACERT: "PEM file of the CA that signed the server's certificate",
  VAULT_NAMESPACE: 'Vault namespace; default: the root namespace',
  VAULT_ALLOW_HTTP: ALLOW_HTTP,
  'BAO_...': 'the OpenBao form of each VAULT_ variable, which has precedence',
  OAUTHAPP_MOUNT: 'mount of the oauthapp engine; default: oauthapp',
  APPROLE_MOUNT: 'mount of the AppRole auth method; default: approle',
  VAULT_TOKEN: 'Vault token, never an empty one; default: the one in ~/.vault-token',
};

export function helpText(): string {
  return `Usage: webex-token <credential> [--json | --header] [--grace <duration>]
       webex-token exec <credential> -- <command> [arguments...]
       webex-token unwrap

Prints a fresh Webex access token that Vault or OpenBao keeps, and nothing else, or runs a command with the token in
WEBEX_ACCESS_TOKEN. It logs in as an app if there is a role id or VAULT_AUTH_METHOD, and logs out afterwards. Otherwise it
uses the Vault token at hand. "unwrap" writes the secret id of VAULT_WRAPPED_SECRET_ID to VAULT_SECRET_ID_FILE, once.

Options:
  --json         token, type, expiry and warnings as JSON
  --header       the token as an "Authorization:" line
  --grace <duration>
                 how long Vault may take to answer after Ctrl-C, such as 60s (default: 25s). Hanging up during a refresh
                 can lose the grant. Take twice the engine's provider timeout.
  -V, --version  print the version
  -h, --help     show this help
${helpSection('Environment', ENVIRONMENT)}
${helpSection('Exit codes', {
  0: 'done; exec: the exit code of the command',
  1: 'failed, as the line on stderr says',
  2: 'wrong usage',
  ...CREDENTIAL_EXIT_CODES,
  126: 'exec: the command cannot be run',
  127: 'exec: there is no such command',
  130: 'interrupted',
})}

Examples:
  # call Webex with a token that no argument list shows
  webex-token testauth --header | curl --fail-with-body --header @- https://webexapis.com/v1/people/me
  # run a program with the token in WEBEX_ACCESS_TOKEN
  webex-token exec testauth -- ./report.sh
  # take the secret id out of VAULT_WRAPPED_SECRET_ID, once
  webex-token unwrap
`;
}

/** A section of the help: each row with its meaning beside it. */
function helpSection(title: string, rows: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(rows).map((key) => key.length));
  const lines = Object.entries(rows).map(([key, meaning]) => `  ${key.padEnd(width)}  ${meaning}`);
  return `\n${title}:\n${lines.join('\n')}`;
}
