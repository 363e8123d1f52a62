import type { Command } from 'commander';
import { describeCommand } from './command';
import { COMMANDS } from './commands';

/** Loads the file of a command, which defines the command. @param path the words of the command, such as `state archive` */
export type DefineCommand = (path: readonly string[], command: Command) => void;

/** Definitions of the commands that have not been called yet. */
const PENDING = new WeakMap<Command, () => void>();

/** Adds commands. The file of a command is loaded when the command is called. @param path words before the commands */
export function addCommands(
  parent: Command,
  load: DefineCommand,
  path: readonly string[] = [],
  entries = COMMANDS,
): void {
  parent.helpCommand(false).hook('preSubcommand', (_, command) => defineCommand(command));
  for (const { name, group, summary, commands, examples = {} } of entries) {
    const words = [...path, name];
    const command = parent
      .command(name, { hidden: path.length === 0 && group === undefined })
      .summary(summary)
      .helpGroup(group ?? '');
    PENDING.set(command, () => {
      if (commands === undefined) {
        load(words, command);
      } else {
        describeCommand(command, { summary: `${summary}.`, examples });
        addCommands(command.usage('<command> [options]'), load, words, commands);
      }
    });
  }
}

/** Gives a command its arguments, options and commands. */
export function defineCommand(command: Command): void {
  PENDING.get(command)?.();
  PENDING.delete(command);
}
