import { parseArgs } from 'node:util';
import { UsageError } from '#core';
import { checkAddress, checkEmail } from './answers';

/** Folder of a deployment for which nobody gave a name. */
export const DEFAULT_FOLDER = 'webex-grants';

export const HELP = `Usage: npm create webex-token-vault [folder] -- [options]

Writes a folder that deploys Webex grants to Vault or OpenBao: a declaration, package.json, .gitignore and a README.
On a terminal it asks for whatever is not given.

Arguments:
  folder             New or empty folder (default: ${DEFAULT_FOLDER})

Options:
  --vault <address>  Address of a Vault that exists (default: a trial server in a container on this machine)
  --owner <email>    The only account that may consent (default: any account)
  --yaml             Write deployment.yaml instead of deployment.ts
  -y, --yes          Ask nothing
  -V, --version      Print the version
  -h, --help         Show this help

Examples:
  # Ask for the Vault and the owner
  npm create webex-token-vault my-grants
  # Ask nothing, and declare in YAML
  npm create webex-token-vault my-grants -- --yes --yaml
`;

export interface Arguments {
  readonly kind: 'help' | 'version' | 'create';
  /** @default - not given */
  readonly folder?: string;
  readonly vault?: string;
  readonly owner?: string;
  readonly isYaml: boolean;
  /** Whether nothing is asked. */
  readonly isSilent: boolean;
}

const OPTIONS = {
  vault: { type: 'string' },
  owner: { type: 'string' },
  yaml: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  version: { type: 'boolean', short: 'V' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws UsageError with the wrong part and the right form */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  const [folder, ...others] = positionals;
  if (others.length > 0) {
    throw new UsageError(`got more than one folder: "${positionals.join('", "')}"; name one`);
  }
  return {
    kind: values.help ? 'help' : values.version ? 'version' : 'create',
    folder,
    vault: values.vault === undefined ? undefined : checkAddress(values.vault),
    owner: values.owner === undefined ? undefined : checkEmail(values.owner),
    isYaml: values.yaml ?? false,
    isSilent: values.yes ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const { message } = error as Error;
    const problem = message.replace(/\. .*$/s, '').replace(/\.$/, '');
    throw new UsageError(`${problem}; see npm create webex-token-vault -- --help`);
  }
}
