import type { Command } from 'commander';
import { describeCommand } from './command';
import type { CommandEntry } from './commands';

/** Defines a command by its file. @param path its words, such as `state archive` */
export type DefineCommand = (path: readonly string[], command: Command) => void;

/** Commands of a program. The file of a command is loaded when the command is called. */
export class CommandTree {
  constructor(
    private readonly entries: readonly CommandEntry[],
    private readonly load: DefineCommand,
  ) {}

  /** @param path words before the commands @default - none */
  addTo(parent: Command, path: readonly string[] = [], entries = this.entries): void {
    parent.helpCommand(false);
    for (const { name, group, summary } of entries) {
      parent
        .command(name, { hidden: path.length === 0 && group === undefined })
        .summary(summary)
        .helpGroup(group ?? '');
    }
    parent.hook('preSubcommand', (_, command) => this.define(command, path));
  }

  /** @param path words before the name of the command */
  define(command: Command, path: readonly string[]): void {
    const entry = this.#entriesBehind(path).find(({ name }) => name === command.name());
    if (entry?.commands !== undefined) {
      describeCommand(command, { summary: `Commands for ${entry.summary}.`, examples: entry.examples ?? {} });
      this.addTo(command.usage('<command> [options]'), [...path, entry.name], entry.commands);
    } else if (entry !== undefined) {
      this.load([...path, entry.name], command);
    }
  }

  #entriesBehind(path: readonly string[]): readonly CommandEntry[] {
    return path.reduce<readonly CommandEntry[]>(
      (found, word) => found.find(({ name }) => name === word)?.commands ?? [],
      this.entries,
    );
  }
}
