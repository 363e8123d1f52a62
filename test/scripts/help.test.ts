import { Command } from 'commander';
import { helpPartsOf } from '../../lib/cli/command';
import { repeatedOptions } from '../../lib/cli/options/repeated-options';
import { commandPaths, definedCommand, refusal } from '../fixtures/programs/command-line';
import { runCommand } from '../fixtures/programs/command-run';

const { sentencesOf, wordsOf } = jest.requireActual<{
  sentencesOf: (text: string) => string[];
  wordsOf: (sentence: string) => number;
}>('../../lint/sentences.cjs');

/** The program itself, and each command. */
const paths = [[], ...commandPaths()].map((words) => [words.join(' '), words] as const);

async function helpOf(words: readonly string[], option = '--help'): Promise<string> {
  const [name, ...more] = [...words, option];
  const { exitCode, stdout, stderr } = await runCommand(name, more);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

function examplesIn(help: string): string[] {
  const [, examples = ''] = help.split('\nExamples:\n');
  return examples.trimEnd().split('\n');
}

describe('the help of a command', () => {
  it.each(paths)('the help of a command has options, exit codes and final examples: %s', async (_, words) => {
    const help = await helpOf(words);
    expect(help).toMatch(/\n {2}-h, --help +Show this help\n[^]*\nEnvironment:\n[^]*\nExit codes:\n[^]*\nExamples:\n/);
    expect(await helpOf(words, '-h')).toBe(help);
  });

  it.each(paths)('the help of a command has examples that the command accepts: %s', async (name, words) => {
    const examples = examplesIn(await helpOf(words));
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const [index, line] of examples.entries()) {
      if (index % 2 === 0) {
        expect(line).toMatch(/^ {2}# [A-Z].*[^.]$/);
      } else {
        const [, typed = ''] = /npx --no-install (webex-token-vault [^|;&)]*)/.exec(line) ?? [];
        expect(typed).toMatch(new RegExp(`^webex-token-vault ${name}`));
        expect(refusal(typed)).toBeUndefined();
      }
    }
  });

  it.each(paths)('the help of a command begins with one short sentence: %s', (_, words) => {
    const summary = definedCommand(words).command.description();
    expect(sentencesOf(summary).length).toBeLessThanOrEqual(2);
    for (const sentence of sentencesOf(summary)) {
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(wordsOf(sentence)).toBeLessThanOrEqual(25);
    }
  });

  it.each(paths)(
    'the help of a command describes each argument, option, variable and exit code by a phrase: %s',
    (_, words) => {
      const { command } = definedCommand(words);
      const { environment, exitCodes } = helpPartsOf(command);
      const phrases = [
        ...command.registeredArguments.map(({ description }) => description),
        ...command.options.map(({ description }) => description),
        ...Object.values(environment),
        ...Object.values(exitCodes),
      ];
      expect(phrases.filter((phrase) => !/^(?:["A-Z]|1: |exec: ).*[^.]$/.test(phrase))).toEqual([]);
      expect(Object.keys(exitCodes)).toContain('0');
    },
  );

  it.each(paths)('the help of a command has no option in seconds: %s', async (_, words) => {
    expect(await helpOf(words)).not.toMatch(/--[\w-]*seconds/);
  });
});

it('the help of the program groups commands by task, and hides those that only other programs start', async () => {
  const help = await helpOf([]);
  expect(help).toMatch(/Set up:[^]* certs [^]*Authorize:[^]* authorize [^]*Apps:[^]* issue [^]*Server:[^]* unseal /);
  expect(help).not.toMatch(/internal|write-entry/);
});

it('the messages repeat --operators for exactly the commands with a default operators folder', () => {
  const begun = new Command().option('--operators <folder>').parse(['--operators', 'logins'], { from: 'user' });
  for (const [name, path] of paths.filter(([word]) => !word.startsWith('internal'))) {
    const { options, commands } = definedCommand(path).command;
    if (commands.length === 0) {
      const takesIt = options.some(({ long, defaultValue }) => long === '--operators' && defaultValue);
      expect([name, repeatedOptions(begun, name)]).toEqual([name, takesIt ? ['--operators', 'logins'] : []]);
    }
  }
});
