import { APP_ENVIRONMENT, CREDENTIAL_EXIT_CODES, VAULT_ENVIRONMENT } from '#core';
import { helpSection } from './help-section';

export function helpText(): string {
  return `Usage: webex-token <credential> [--json | --header] [--grace <duration>]
       webex-token exec <credential> -- <command> [arguments...]
       webex-token unwrap

Prints a fresh Webex access token that Vault or OpenBao keeps, and nothing else; or runs a command with the token in
WEBEX_ACCESS_TOKEN. It logs in as an app where there is a role id or VAULT_AUTH_METHOD, else it takes the Vault token at
hand; what it logged in, it logs out. "unwrap" takes the secret id out of VAULT_WRAPPED_SECRET_ID, once, into VAULT_SECRET_ID_FILE.

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
  0: 'done; of exec: that of the command',
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
