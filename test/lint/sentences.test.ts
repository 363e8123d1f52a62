import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

const { sentencesOf, wordsOf } = jest.requireActual<{
  sentencesOf: (text: string) => string[];
  wordsOf: (sentence: string) => number;
}>('../../lint/sentences.cjs');

describe('the sentences of a text', () => {
  it('end at a mark that a new start follows', () => {
    expect(sentencesOf('An app reads. Vault, e.g. OpenBao 2.5, answers!\n(It refreshes.) `code` runs.')).toEqual([
      'An app reads.',
      'Vault, e.g. OpenBao 2.5, answers!',
      '(It refreshes.)',
      '`code` runs.',
    ]);
  });

  it('have words that hold a letter or a digit', () => {
    expect(wordsOf('The token – 14 days – expires -> soon')).toBe(6);
  });
});

describe('the count of the pages', () => {
  it('names each sentence that breaks a rule, and fails', () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'page.md'),
      `# Of titles\n\nThe app reads [a token](https://example.com). What follows is \`bad\`.\n\n| Whose |\n| --- |\n| x |\n\n- ${'word '.repeat(31)}\n`,
    );
    execFileSync('git', ['init', '-q'], { cwd: folder });
    execFileSync('git', ['add', '.'], { cwd: folder });
    const { status, stdout } = spawnSync(process.execPath, [join(PROJECT_FOLDER, 'lint/pages.mjs')], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout.split('\n')).toEqual([
      expect.stringContaining('page.md: the sentence "What follows is code." begins with "What"'),
      expect.stringContaining('page.md: the sentence "Whose" begins with "Whose"'),
      expect.stringContaining('has 31 words, and 30 is the limit.'),
      '1 pages, 3 sentences: median 5 words, 95th percentile 31, longest 31; 3 findings',
      '',
    ]);
  });
});
