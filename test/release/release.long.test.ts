import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/* The command refuses before it builds anything. */

const TSX = join(PROJECT_FOLDER, 'node_modules/.bin/tsx');
const release = (...args: string[]) => run(TSX, ['release/release.ts', ...args], { cwd: PROJECT_FOLDER });

it.each([
  [[], 'a release needs either --dry-run or --registry, and --images only with --registry'],
  [['--dry-run', '--registry', 'http://127.0.0.1:4873'], 'a release needs either --dry-run or --registry'],
  [['--dry-run', '--images', 'registry.example/owner'], 'a release needs either --dry-run or --registry'],
  [['--registry', 'registry.example'], 'the registry must be an http or https URL, got "registry.example"'],
  // The owner has not given the addresses yet.
  [['--registry', 'https://registry.example'], 'release/project.json has no repository, homepage, bugs'],
])('the release refuses %j', async (args, reason) => {
  const { exitCode, stdout, stderr } = await release(...args);
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error: [^\n]*\n$/) as string,
  });
  expect(stderr).toContain(reason);
});
