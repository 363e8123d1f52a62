import type { Command } from 'commander';
import { describeCommand } from '../../lib/cli/command';
import { candidates } from '../../lib/cli/shell-completion';

export function define(command: Command): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault internal complete -- revoke te': 'Print the words that may follow on this command line',
    },
    summary: 'Prints the words that may follow on a command line. Shells run it.',
  })
    .argument('[words...]', 'Words typed after the name of the program; the last word may be empty')
    .action(async (words: string[]) => {
      const program = command.parent?.parent ?? command;
      const lines = await candidates(program, words);
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    });
}
