import { commandPaths, refusal } from '../fixtures/programs/command-line';
import { runCommand } from '../fixtures/programs/command-run';

const paths = commandPaths().map((words) => [words.join(' '), words] as const);

async function helpOf(words: readonly string[], option = '--help'): Promise<string> {
  const [name, ...more] = [...words, option];
  const { exitCode, stdout, stderr } = await runCommand(name, more);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

/** Lines at the end of a help. @returns each with the text above it */
function examplesIn(help: string): string[] {
  const [, examples = ''] = help.split('\nExamples:\n');
  return examples.trimEnd().split('\n');
}

describe('the help of a command', () => {
  it.each(paths)('has options, exit codes, and examples at its end: %s', async (_, words) => {
    const help = await helpOf(words);
    expect(help).toMatch(/\n {2}-h, --help +show this help\n[^]*\nExit codes:\n[^]*\nExamples:\n/);
    expect(await helpOf(words, '-h')).toBe(help);
  });

  it.each(paths)('has examples that its command takes: %s', async (name, words) => {
    const examples = examplesIn(await helpOf(words));
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const [index, line] of examples.entries()) {
      if (index % 2 === 0) {
        expect(line).toMatch(/^ {2}# [a-z].*[^.]$/);
      } else {
        const [, typed = ''] = /npx --no-install (webex-token-vault [^|;&)]*)/.exec(line) ?? [];
        expect(typed).toMatch(new RegExp(`^webex-token-vault ${name}(?: |$)`));
        expect(refusal(typed)).toBeUndefined();
      }
    }
  });

  it.each(paths)('has durations with a unit, and no option in seconds: %s', async (_, words) => {
    expect(await helpOf(words)).not.toMatch(/--[\w-]*seconds/);
  });
});

describe('the help of the program', () => {
  it('ends with examples that the program takes', async () => {
    const help = await helpOf([]);
    const lines = examplesIn(help).filter((_, index) => index % 2 === 1);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(refusal((/npx --no-install (webex-token-vault [^|;&)]*)/.exec(line) ?? [])[1] ?? '')).toBeUndefined();
    }
    expect(await helpOf([], '-h')).toBe(help);
  });

  it('does not show what other programs start', async () => {
    expect(await helpOf([])).not.toMatch(/internal|write-entry/);
  });
});
