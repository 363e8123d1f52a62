import { CLIENT_MANUAL } from './manual/client-manual';
import { toMarkdown } from './manual/markdown';
import { vaultManual } from './manual/vault-manual';
import type { Reference } from './reference';

export const commandReference: Reference = { path: 'docs/reference/commands.md', text: page };

const INTRODUCTION = `# The commands

This page lists the commands of both programs. It is generated: run \`npm run reference\` after a change.

- [webex-token-vault](#webex-token-vault) is the program of those who deploy and operate.
- [webex-token](#webex-token) is the program of apps, in the package \`webex-token-client\`.

[One line](../README.md) puts the programs of an installation on \`PATH\`. Messages name the program as it was started.
A duration is a whole number and a unit: \`90s\`, \`5m\`, \`2h\` or \`1d\`.`;

function page(): string {
  const text = [INTRODUCTION, ...[vaultManual(), CLIENT_MANUAL].map(toMarkdown)].join('\n\n');
  return `${text}\n`;
}
