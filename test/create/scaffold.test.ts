import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scaffold } from '../../create/src/scaffold';
import { commands } from '../fixtures/pages/code-block';
import { refusal } from '../fixtures/programs/command-line';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

const { faultOf, sentencesOf } = jest.requireActual<{
  faultOf: (sentence: string, options: { anyCase: boolean }) => string | undefined;
  sentencesOf: (text: string) => string[];
}>('../../lint/sentences.cjs');

const manifest = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
  version: string;
  peerDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

const ANSWERS = { folder: 'my-grants' };
const EXISTING = { ...ANSWERS, vault: 'https://vault.example.com:8200', owner: 'ada@example.com' };
const TS = { isYaml: false };

it('the package has both programs in this version, and the peers in the tested versions', () => {
  const { dependencies } = JSON.parse(scaffold('my-grants', ANSWERS, TS)['package.json'] ?? '') as {
    dependencies: Record<string, string>;
  };
  const peers = Object.keys(manifest.peerDependencies);
  expect(dependencies).toEqual({
    ...Object.fromEntries(peers.map((name) => [name, manifest.devDependencies[name]])),
    'webex-token-client': manifest.version,
    'webex-token-vault': manifest.version,
  });
});

it('git ignores logins, states and what can be made again', () => {
  expect(scaffold('my-grants', ANSWERS, TS)['.gitignore']?.split('\n')).toEqual(
    expect.arrayContaining(['node_modules/', 'cdktf.out/', 'secrets/', '*.tfstate', '*.tfstate.*']),
  );
});

it('the declaration names the Vault and the owner, or a trial server and any account', () => {
  expect(scaffold('my-grants', EXISTING, TS)['deployment.ts']).toContain("address: 'https://vault.example.com:8200'");
  expect(scaffold('my-grants', EXISTING, TS)['deployment.ts']).toContain("owner: 'ada@example.com'");
  expect(scaffold('my-grants', ANSWERS, TS)['deployment.ts']).toContain("server: { mode: 'dev' }");
  expect(scaffold('my-grants', ANSWERS, TS)['deployment.ts']).not.toContain('owner');
});

describe.each([
  ['a trial server', ANSWERS, TS],
  ['an existing Vault', EXISTING, { isYaml: true }],
])('the README for %s', (_, answers, format) => {
  const readme = scaffold('my-grants', answers, format)['README.md'] ?? '';
  const blocks = [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = '']) => text);

  it('the README has one screen', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(60);
  });

  it('the README has commands that the programs accept', () => {
    const inText = [...readme.matchAll(/`(webex-token[^`]* [^`]*)`/g)].map(([, line = '']) => line);
    const lines = [...blocks.flatMap(commands), ...inText].filter((line) => line.startsWith('webex-token'));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.flatMap((line) => refusal(line) ?? [])).toEqual([]);
  });

  it('the README keeps the rules of CONTRIBUTING.md for sentences', () => {
    const paragraphs = readme.replaceAll(/^```[^]*?^```$/gm, '').split(/\n\n|\n- |^#.*$/m);
    const faults = paragraphs.flatMap(sentencesOf).map((sentence) => faultOf(sentence, { anyCase: true }));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});
