import { APP_ENVIRONMENT, CREDENTIAL_EXIT_CODES, VAULT_ENVIRONMENT } from '#core';

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
${helpSection('Environment', { ...APP_ENVIRONMENT, VAULT_TOKEN: VAULT_ENVIRONMENT.VAULT_TOKEN ?? '' })}
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
export function helpSection(title: string, rows: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(rows).map((key) => key.length));
  const lines = Object.entries(rows).map(([key, meaning]) => `  ${key.padEnd(width)}  ${meaning}`);
  return `\n${title}:\n${lines.join('\n')}`;
}
