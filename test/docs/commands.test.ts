import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, commands, PAGES, pageText, type CodeBlock } from '../fixtures/pages/code-block';
import { refusal } from '../fixtures/programs/command-line';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/*
 * A test types every shown command, or the page says in a comment why not. The programs accept all shown commands,
 * including those in the text.
 */

const SHELLS = ['sh', 'bash', 'console', 'crontab'];

const blocks = PAGES.flatMap((page) => codeBlocks(page));
const where = ({ page, line }: CodeBlock): string => `${page}:${line}`;

describe('a block of commands', () => {
  const shells = blocks.filter(({ language }) => SHELLS.includes(language));

  it('the pages have more than 30 blocks of commands', () => {
    expect(shells.length).toBeGreaterThan(30);
  });

  it('each block of commands names its test, or gives the reason why it has none', () => {
    const isMarked = ({ name, leftOut }: CodeBlock): boolean =>
      (name !== undefined) !== leftOut.some(({ command }) => command === undefined);
    expect(shells.filter((block) => !isMarked(block)).map(where)).toEqual([]);
  });

  it('each reason has several words, and each command that it excludes is in the block', () => {
    const isTrue = ({ text, leftOut }: CodeBlock): boolean =>
      leftOut.every(
        ({ command = '', reason }) =>
          reason.split(' ').length > 3 && commands(text).some((each) => each.startsWith(command)),
      );
    expect(blocks.filter((block) => !isTrue(block)).map(where)).toEqual([]);
  });

  it('each tested block has a command for its test to run', () => {
    const isEmpty = ({ text, name, leftOut }: CodeBlock): boolean =>
      name !== undefined &&
      commands(text).every((each) => leftOut.some(({ command }) => command !== undefined && each.startsWith(command)));
    expect(blocks.filter(isEmpty).map(where)).toEqual([]);
  });

  it('the blocks that name a test are exactly the blocks that tests run', () => {
    const marked = blocks.flatMap(({ page, name }) => (name === undefined ? [] : [`${page} ${name}`])).sort();
    expect(marked).toEqual([...new Set(marked)]);
    expect([...new Set(snippetsOfTests())].sort()).toEqual(marked);
  });
});

/** Snippets that tests use, as `PAGE NAME`. */
function snippetsOfTests(): string[] {
  return readdirSync(join(PROJECT_FOLDER, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [
      ...readFileSync(join(PROJECT_FOLDER, 'test', name), 'utf8').matchAll(
        /(?:snippet|types|typesEach|transcript)\(\s*'([^']+\.md)',\s*'([^']+)'/g,
      ),
    ])
    .map(([, page = '', name = '']) => `${page} ${name}`);
}

describe('a command line of the programs', () => {
  it.each(PAGES)('the command lines in %s have only existing arguments and options', (page) => {
    const refused = commandLines(page).flatMap((line) => refusal(line) ?? []);
    expect(refused).toEqual([]);
  });

  it.each([
    ['webex-token-vault status --htm page.html', /unknown option '--htm'/],
    ['webex-token-vault authorize', /missing required argument 'credential'/],
    ['webex-token-vault authorise testauth', /unknown command 'authorise'/],
    ['webex-token testauth --raw', /Unknown option '--raw'/],
  ])('the check finds the mistake in a command line: %s', (line, reason) => {
    expect(refusal(line)).toMatch(reason);
  });
});

/**
 * Command lines in blocks of any language and in the text. A line starts with npx, with the path of the installed
 * program, or with its name, perhaps behind a variable, another command or a colon.
 */
function commandLines(page: string): string[] {
  const typed = codeBlocks(page).flatMap(({ text }) => commands(text));
  const inText = [...withoutBlocks(page).matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' '));
  // The text also names commands without arguments. Option `--help` completes them.
  const named = inText.map((span) => span.replace(/(webex-token-vault \w[\w-]*(?: \w[\w-]*)?)$/, '$1 --help'));
  return [...typed, ...named]
    .map((line) => line.replaceAll(/<([\w-]+)>/g, '$1'))
    .flatMap((line) => [
      ...line.matchAll(
        /(?:^|[;&|(]\s*|(?<!Usage|aud): |\w=\S+ |npx --no-install |node_modules\/\.bin\/)(webex-token(?:-vault)? [^|;&>)]*)/g,
      ),
    ])
    .map(([, line = '']) => line);
}

function withoutBlocks(page: string): string {
  return pageText(page).replaceAll(/^ *```[^]*?^ *```$/gm, '');
}
