import type { Answers } from './answers';

/** A README of one screen. Its commands stand in their order. */
export function readmeText(name: string, { vault }: Answers, { isYaml }: { readonly isYaml: boolean }): string {
  return `# ${name}

Vault keeps the Webex grants that \`deployment.${isYaml ? 'yaml' : 'ts'}\` declares, and gives apps fresh access tokens.

## Install

\`\`\`sh
npm install
export PATH="$PWD/node_modules/.bin:$PATH"    # in each new shell
webex-token-vault list
\`\`\`

\`webex-token-vault quickstart\` shows the whole flow on this machine, with a simulated Webex.

## Deploy

You need:

- Terraform or OpenTofu >= 1.11${vault === undefined ? ', and Docker' : ''}
- an Integration of [developer.webex.com](https://developer.webex.com/my-apps) with the redirect URI
  \`http://localhost:5000/auth\` and the scope \`spark:people_read\`
${vault === undefined ? CONTAINER : EXISTING}
\`\`\`sh
export WEBEX_CLIENT_ID=...    # the client id is no secret
${vault === undefined ? CONTAINER_LINES : 'read -rs VAULT_TOKEN && export VAULT_TOKEN    # run this line alone, then paste the secret'}
read -rs TF_VAR_webex_myapp_client_secret && export TF_VAR_webex_myapp_client_secret    # run this line alone, then paste the secret
webex-token-vault deploy webex-tokens
webex-token-vault authorize testauth
webex-token-vault issue people-me --to secrets/people-me.secret-id
\`\`\`

The last command prints a line with the environment of the app. In a shell with that line:

\`\`\`sh
webex-token testauth    # prints the access token
\`\`\`

## Operate

\`\`\`sh
webex-token-vault status --verify    # each grant, and what to do
webex-token-vault doctor             # the first problem, and its remedy
\`\`\`

\`webex-token-vault --help\` lists all commands. \`npm docs webex-token-vault\` opens the documentation.
`;
}

const CONTAINER = `
The server keeps everything in memory. It is for a trial, and not for grants that you need. On macOS, run
\`webex-token-vault plugin fetch\` first.
`;

const CONTAINER_LINES = `webex-token-vault deploy vault-server
export VAULT_TOKEN=$(docker logs webex-token-vault 2>&1 | sed -n 's/^Root Token: //p' | tail -n 1)`;

const EXISTING = `- the plugin in \`plugin_directory\` of each node of Vault: \`webex-token-vault plugin fetch --platform linux/x64 --output ./plugins\`
- a Vault token that may deploy
`;
