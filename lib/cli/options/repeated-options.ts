import { Option, type Command } from 'commander';
import { DEFAULT_FILE_NAMES } from '../../declaration/deployment-file';

/*
 * Options that messages repeat in the commands that they show. A pasted command then acts on the same deployment, with the
 * same logins. Settings of the environment need no option.
 */

/** Names the deployment of a command. Every help has it, so it loads no declaration. */
export function deploymentOption(): Option {
  return new Option('--deployment <file>', 'File that declares the deployment')
    .env('DEPLOYMENT')
    .default('', DEFAULT_FILE_NAMES);
}

/** Commands without `--operators`. */
const UNOPERATED = [
  'agent-config',
  'certs',
  'completion',
  'eject',
  'kubernetes',
  'list',
  'plugin fetch',
  'quickstart',
  'simulate-webex',
  'state archive',
  'unseal',
  'usage',
];

/** @param begun the command that runs @param name the command that is shown */
export function repeatedOptions(begun: Command, name: string): readonly string[] {
  return [
    ...option('--deployment', given(begun, 'deployment')),
    ...(UNOPERATED.includes(name) ? [] : option('--operators', given(begun, 'operators'))),
  ];
}

function option(flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [flag, value];
}

/** The value of an option on the command line. Values of the environment and defaults do not count. */
function given(begun: Command, name: string): string | undefined {
  const value: unknown = begun.optsWithGlobals()[name];
  const isGiven = begun.getOptionValueSourceWithGlobals(name) === 'cli';
  return isGiven && typeof value === 'string' && value !== '' ? value : undefined;
}
