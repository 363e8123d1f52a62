import type { Command } from 'commander';
import { describeCommand } from '../../lib/cli/command';
import { candidates } from '../../lib/cli/shell-completion';
import { defineCommand } from '../cli';

/*
 * Started by a shell while a person types: says what may come next, one a line, its description behind a tab.
 */

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault internal complete -- revoke te': 'print what may follow on this command line',
    },
    summary: 'Says what may come next on a command line. Shells run it.',
  })
    .argument('[words...]', 'what is typed behind the name of the program, the last of it maybe empty')
    .action(async (words: string[]) => {
      const program = command.parent?.parent ?? command;
      const found = await candidates(program, words, (known, path) => defineCommand(known, signal, path));
      const lines =
        found === 'files'
          ? [':files']
          : found.map(({ value, description }) => (description ? `${value}\t${description}` : value));
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    });
}
