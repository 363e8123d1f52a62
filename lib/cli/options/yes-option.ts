import { Option, type Command } from 'commander';

/** Gives a command the options that answer its question: `--yes`, and `--auto-approve` as Terraform calls it. */
export function addYesOption(command: Command): Command {
  return command
    .option('--yes', 'do not ask for confirmation; required without a terminal')
    .addOption(new Option('--auto-approve', 'the same as --yes').implies({ yes: true }));
}
