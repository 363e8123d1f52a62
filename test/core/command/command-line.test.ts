import { setImmediate } from 'node:timers/promises';
import { commandLine, duringRun, programLine } from '../../../core/src/command/command-line';

test('a command runs the installed program', () => {
  expect(commandLine('authorize', 'testauth', '--replace')).toBe(
    'npx --no-install webex-token-vault authorize testauth --replace',
  );
  expect(programLine('webex-token', 'testauth')).toBe('npx --no-install webex-token testauth');
});

test('the command line quotes a word with a meaning to a shell', () => {
  expect(commandLine('authorize', "it's $(id)")).toBe(
    String.raw`npx --no-install webex-token-vault authorize 'it'\''s $(id)'`,
  );
});

test('the command line repeats the options of its own run, and not those of another run', async () => {
  const runs = ['a b.ts', 'c.ts'].map((file) =>
    duringRun({ repeatedOptions: (name) => (name === 'status' ? [] : ['--deployment', file]) }, async () => {
      await setImmediate();
      return [commandLine('status'), commandLine('deploy', 'webex-tokens')];
    }),
  );
  expect(await Promise.all(runs)).toEqual([
    [
      'npx --no-install webex-token-vault status',
      "npx --no-install webex-token-vault deploy webex-tokens --deployment 'a b.ts'",
    ],
    [
      'npx --no-install webex-token-vault status',
      'npx --no-install webex-token-vault deploy webex-tokens --deployment c.ts',
    ],
  ]);
  expect(commandLine('deploy')).toBe('npx --no-install webex-token-vault deploy');
});
