import { ALLOW_HTTP, CREDENTIAL_EXIT_CODES } from '#core';

/** The help of webex-token. Its reference page and its man page have the same parts. */
export const HELP = {
  usage: [
    'webex-token <credential> [--json | --header] [--grace <duration>]',
    'webex-token exec <credential> -- <command> [arguments...]',
    'webex-token exec --proxy <credential> [options] -- <command> [arguments...]',
    'webex-token proxy <credential> [--listen <host:port> | --socket <file>] [options]',
    'webex-token unwrap',
  ],
  summary:
    'Prints a fresh Webex access token from Vault or OpenBao, runs a command with it in WEBEX_ACCESS_TOKEN, or forwards requests with it.',
  options: {
    '--json': 'Print the token, its type, its expiry and warnings as JSON',
    '--header': 'Print the token as an "Authorization:" line',
    '--grace <duration>': 'Time for Vault to answer after Ctrl-C, such as 60s (default: 25s)',
    '--proxy': 'exec: give the command a proxy of its own in place of the token',
    '--listen <host:port>': 'proxy: address on loopback; port 0 is any free one (default: 127.0.0.1:18201)',
    '--socket <file>': 'proxy: Unix socket in place of a port; its file mode decides who may use it',
    '--upstream <origin>': 'proxies: server that requests go to (default: https://webexapis.com)',
    '--allow <rule>': 'proxies: allow these requests, such as "GET /v1/people/*"; repeat it (default: WEBEX_ALLOW)',
    '--key-file <file>': 'proxy: private file for the key of this run (default: a temporary file)',
    '--shared-key-file <file>': "proxy: file for a key that lasts, readable by the folder's group",
    '--metrics <host:port>': 'proxy: serve /metrics and /healthz there (default: nowhere)',
    '--log <file>':
      'proxies: append a line for each request to this file (default: standard output; with exec, no lines)',
    '-V, --version': 'Print the version',
    '-h, --help': 'Show this help',
  },
  details: [
    'It logs in as an app if VAULT_ROLE_ID or VAULT_AUTH_METHOD is set, and logs out afterwards. Otherwise it uses a Vault token.',
    '"unwrap" fetches the secret id of VAULT_WRAPPED_SECRET_ID once, and writes it to VAULT_SECRET_ID_FILE.',
    '"proxy" forwards each request to Webex with the token. A caller presents the key of the run as its bearer token.',
    '"exec --proxy" gives the command the key in WEBEX_ACCESS_TOKEN, the address in WEBEX_BASE_URL, and no variable of the identity.',
    'A hang-up during a refresh can lose the grant. Set --grace to twice the provider timeout of the engine.',
  ],
  environment: {
    VAULT_ADDR: 'Address of Vault or OpenBao',
    VAULT_CACERT: "PEM file of the CA that signed the server's certificate",
    VAULT_NAMESPACE: 'Vault namespace (default: the root namespace)',
    VAULT_ALLOW_HTTP: ALLOW_HTTP,
    OAUTHAPP_MOUNT: 'Mount of the oauthapp engine (default: oauthapp)',
    VAULT_ROLE_ID: 'Role id of the app, an output of the deployment',
    VAULT_SECRET_ID_FILE: 'File with the secret id of the app',
    VAULT_SECRET_ID: 'The secret id itself',
    VAULT_WRAPPED_SECRET_ID:
      'Wrapping token that "webex-token-vault issue" prints; it works for one run, or for "unwrap"',
    VAULT_RENEW_SECRET_ID:
      '"true": write a new secret id to the file before it expires; the app must be declared with renewsSecretId',
    APPROLE_MOUNT: 'Mount of the AppRole auth method (default: approle)',
    VAULT_AUTH_METHOD: '"jwt", "kubernetes" or "cert": log in by this method instead of AppRole',
    VAULT_ROLE: 'Name of the app, for these methods',
    VAULT_AUTH_MOUNT: 'Mount of the auth method (default: the name of the method)',
    VAULT_JWT_FILE: 'File with the JWT, read at every login (default: the token file of a pod)',
    VAULT_JWT: 'The JWT itself, as "id_tokens" of GitLab sets it; not needed on GitHub Actions',
    VAULT_JWT_AUDIENCE: 'Audience to request from GitHub (default: webex-token-vault)',
    VAULT_CLIENT_CERT: 'PEM file of the client certificate of the app',
    VAULT_CLIENT_KEY: 'PEM file of the private key of the app',
    WEBEX_ALLOW: 'Rules of the proxy, separated by "; " (default: all requests are allowed)',
    VAULT_TOKEN: 'Vault token, except for a proxy; it must not be empty (default: the token in ~/.vault-token)',
    'BAO_...': 'OpenBao form of each VAULT_ variable, which has precedence',
  },
  exitCodes: {
    0: 'Done; exec: otherwise the exit code of the command; proxy: ended by a signal',
    1: 'Failed, as the line on stderr says',
    2: 'Wrong usage',
    ...CREDENTIAL_EXIT_CODES,
    126: 'exec: the command cannot be run',
    127: 'exec: there is no such command',
    130: 'Interrupted, except proxy; 143 by SIGTERM, 129 by SIGHUP',
  },
  examples: {
    'webex-token testauth --header | curl --fail-with-body --header @- https://webexapis.com/v1/people/me':
      'Call Webex with a token that no argument list shows',
    'webex-token exec testauth -- ./report.sh': 'Run a program with the token in WEBEX_ACCESS_TOKEN',
    "webex-token exec --proxy testauth --allow 'GET /v1/people/*' -- ./report.sh":
      'Run a program that may send these requests, and never holds the token',
    "webex-token proxy testauth --allow 'GET /v1/people/*'": 'Serve these requests on loopback, without the token',
    'webex-token unwrap': 'Unwrap the secret id of VAULT_WRAPPED_SECRET_ID, once',
  },
} as const;

/** @param width characters in a line */
export function helpText(width = process.stdout.columns || 80): string {
  const examples = Object.entries(HELP.examples).map(([line, meaning]) => `  # ${meaning}\n  ${line}`);
  return [
    `Usage: ${HELP.usage.join('\n       ')}`,
    wrapped(HELP.summary, width),
    list('Options', HELP.options, width),
    ...HELP.details.map((paragraph) => wrapped(paragraph, width)),
    list('Environment', HELP.environment, width),
    list('Exit codes', HELP.exitCodes, width),
    `Examples:\n${examples.join('\n')}`,
  ].join('\n\n');
}

/** Terms with their meanings beside them. */
function list(title: string, rows: Readonly<Record<string, string>>, width: number): string {
  const indent = Math.max(...Object.keys(rows).map((term) => term.length)) + 4;
  const lines = Object.entries(rows).map(
    ([term, meaning]) => `${`  ${term}`.padEnd(indent)}${wrapped(meaning, width - indent, indent)}`,
  );
  return `${title}:\n${lines.join('\n')}`;
}

/** @param indent spaces before each line but the first */
function wrapped(text: string, width: number, indent = 0): string {
  const line = new RegExp(`(.{1,${Math.max(width, 20)}})(?: |$)`, 'g');
  return text.replaceAll(line, `$1\n${' '.repeat(indent)}`).trimEnd();
}
