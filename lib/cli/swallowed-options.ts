import type { Option } from 'commander';
import { ourCommand, UsageError } from '#core';

/*
 * What stands behind `npm run deploy` without a `--` before it is npm's: it drops an option that it does not know, and
 * tells of it in the environment only.
 */

/** Options of ours that npm has as well: in the environment they may be what the user has set for npm. */
export const OPTIONS_OF_NPM_TOO = ['force', 'json', 'yes'];

/** npm's name for `npm run`, which was another one before npm 11. */
const RUN_COMMANDS = ['run', 'run-script'];

/** @throws UsageError where npm has taken one of these options, without which the command would do something else */
export function refuseSwallowedOptions(
  command: string,
  options: readonly Option[],
  env: NodeJS.ProcessEnv = process.env,
): void {
  const { npm_command: npmCommand = '', npm_lifecycle_event: script } = env;
  if (script === undefined || !RUN_COMMANDS.includes(npmCommand)) {
    return;
  }
  const taken = options.find((option) => isTaken(option, env));
  if (taken !== undefined) {
    throw new UsageError(
      `npm has taken ${taken.long ?? ''} for itself, and this command would run without it; write "npm run ${script} -- ${taken.flags}", or "${ourCommand(command)} ${taken.flags}"`,
    );
  }
}

function isTaken({ long = '', negate }: Option, env: NodeJS.ProcessEnv): boolean {
  const name = long.replace(negate ? /^--no-/ : /^--/, '');
  const value = env[`npm_config_${name.replaceAll('-', '_')}`];
  // npm turns "--no-open" into "open", and gives what is off as an empty text.
  return !OPTIONS_OF_NPM_TOO.includes(name) && value !== undefined && (value === '') === negate;
}
