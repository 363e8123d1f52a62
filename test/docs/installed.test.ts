import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, PAGES } from '../fixtures/pages/code-block';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/*
 * Commands for people and machines run the installed program. Without `--no-install`, npx downloads a package that is
 * not installed. Without a terminal, npx does not ask first.
 */

/** A command that can download the package. The only permitted download has a version and starts a new project. */
const MAY_DOWNLOAD = /\bnpx\b(?! --no-install webex-token| webex-token-vault@\d+\.\d+\.\d+ )[^\n`"';|&]*\bwebex-token/;

const SOURCES = [
  'client/bin',
  'client/src',
  'constructs',
  'core',
  'examples',
  'lib',
  'rehearsal',
  'samples',
  'scripts',
];

function filesOf(folder: string): string[] {
  return readdirSync(join(PROJECT_FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|js|json|ya?ml)$/.test(name))
    .map((name) => join(folder, name));
}

const read = (file: string): string => readFileSync(join(PROJECT_FOLDER, file), 'utf8');

test.each([
  ['npx webex-token-vault status', true],
  ['/usr/bin/npx webex-token-vault status', true],
  ['npx --yes webex-token testauth', true],
  ['npx --no-install webex-token-vault status', false],
  ['npx webex-token-vault@0.1.0 quickstart', false],
  ['npx webex-token-vault quickstart', true],
  ['npx tsx bench/bench.ts; webex-token-vault status', false],
])('the check says whether %s may download a package: %s', (line, may) => {
  expect(MAY_DOWNLOAD.test(line)).toBe(may);
});

test.each([...PAGES, ...filesOf('monitoring'), 'deployment.ts', 'main.ts', 'package.json'])(
  'the file %s has no command that downloads a package',
  (file) => {
    expect(MAY_DOWNLOAD.exec(read(file))?.[0]).toBeUndefined();
  },
);

test('the source files and their comments have no command that downloads a package', () => {
  const files = SOURCES.flatMap(filesOf);
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => MAY_DOWNLOAD.test(read(file)))).toEqual([]);
});

test('cron and systemd run the program that is installed in a folder', () => {
  const lines = PAGES.flatMap((page) => codeBlocks(page))
    .filter(({ language }) => ['crontab', 'ini'].includes(language))
    .flatMap(({ text }) => text.split('\n').filter((line) => line.includes('webex-token-vault ')));
  expect(lines.length).toBeGreaterThan(3);
  const isInstalled = (line: string): boolean =>
    /(?:^ExecStart=|cd )\/srv\/webex-grants(?:\/| && )node_modules\/\.bin\/webex-token-vault /.test(line);
  expect(lines.filter((line) => !isInstalled(line))).toEqual([]);
});
