import { Command } from 'commander';
import { OPTIONS_OF_NPM_TOO } from '../../../lib/cli/swallowed-options';
import { run } from '../../../lib/process/child-process';
import { defineCommand } from '../../../scripts/cli';
import { runScript } from '../../fixtures/programs/script';

/* Which options npm takes, as the real one lists them. */

it("knows which of the program's options are npm's own too", async () => {
  const listed = await run('npm', ['config', 'ls', '--long', '--json']);
  const ofNpm = Object.keys(JSON.parse(listed.stdout) as object);
  const { stdout: help } = await runScript('--help', []);
  const commands = [...help.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => new Command(name));
  commands.forEach((command) => defineCommand(command, new AbortController().signal));
  const ofOurs = commands.flatMap(({ options }) => options.map((option) => option.long?.slice(2) ?? ''));
  expect(ofOurs).toContain('auto-approve');
  expect([...new Set(ofOurs)].filter((name) => ofNpm.includes(name)).toSorted()).toEqual(OPTIONS_OF_NPM_TOO);
});
