import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, commands, PAGES, pageText, type CodeBlock } from '../fixtures/pages/code-block';
import { refusal } from '../fixtures/programs/command-line';
import { PROJECT_FOLDER } from '../fixtures/declarations/declaration';

/*
 * Every command that a page tells people to type is typed by a test, which takes it from the page, or the page says in a
 * comment why not. And all of them, those in the text too, are such as the programs take.
 */

const SHELLS = ['sh', 'bash', 'console', 'crontab'];

const blocks = PAGES.flatMap((page) => codeBlocks(page));
const where = ({ page, line }: CodeBlock): string => `${page}:${line}`;

describe('a block of commands', () => {
  const shells = blocks.filter(({ language }) => SHELLS.includes(language));

  it('is in many a page', () => {
    expect(shells.length).toBeGreaterThan(30);
  });

  it('is run by a test, <!-- test: NAME -->, or says why not, <!-- not run: REASON -->', () => {
    const isMarked = ({ name, leftOut }: CodeBlock): boolean =>
      (name !== undefined) !== leftOut.some(({ command }) => command === undefined);
    expect(shells.filter((block) => !isMarked(block)).map(where)).toEqual([]);
  });

  it('has a reason that says something, and names commands that are in it', () => {
    const isTrue = ({ text, leftOut }: CodeBlock): boolean =>
      leftOut.every(
        ({ command = '', reason }) =>
          reason.split(' ').length > 3 && commands(text).some((each) => each.startsWith(command)),
      );
    expect(blocks.filter((block) => !isTrue(block)).map(where)).toEqual([]);
  });

  it('leaves its test something to run', () => {
    const isEmpty = ({ text, name, leftOut }: CodeBlock): boolean =>
      name !== undefined &&
      commands(text).every((each) => leftOut.some(({ command }) => command !== undefined && each.startsWith(command)));
    expect(blocks.filter(isEmpty).map(where)).toEqual([]);
  });

  it('is run by the test that its name promises, and no test asks for one that is not there', () => {
    const marked = blocks.flatMap(({ page, name }) => (name === undefined ? [] : [`${page} ${name}`])).sort();
    expect(marked).toEqual([...new Set(marked)]);
    expect([...new Set(snippetsOfTests())].sort()).toEqual(marked);
  });
});

/** What tests ask for, as `PAGE NAME`. */
function snippetsOfTests(): string[] {
  return readdirSync(join(PROJECT_FOLDER, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [
      ...readFileSync(join(PROJECT_FOLDER, 'test', name), 'utf8').matchAll(
        /(?:snippet|types|typesEach)\(\s*'([^']+\.md)',\s*'([^']+)'/g,
      ),
    ])
    .map(([, page = '', name = '']) => `${page} ${name}`);
}

describe('a command line of the programs', () => {
  it.each(PAGES)('in %s has arguments and options that there are', (page) => {
    const refused = commandLines(page).flatMap((line) => refusal(line) ?? []);
    expect(refused).toEqual([]);
  });

  it.each([
    ['npx --no-install webex-token-vault status --htm page.html', /unknown option '--htm'/],
    ['npx --no-install webex-token-vault authorize', /missing required argument 'credential'/],
    ['npx --no-install webex-token-vault authorise testauth', /there is no command "authorise"/],
    ['npx --no-install webex-token testauth --raw', /Unknown option '--raw'/],
  ])('would be found out: %s', (line, reason) => {
    expect(refusal(line)).toMatch(reason);
  });
});

/** In blocks of any language and in the text: by npx, by the path of what is installed, or as the first word. */
function commandLines(page: string): string[] {
  const typed = codeBlocks(page).flatMap(({ text }) => commands(text));
  const inText = [...withoutBlocks(page).matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' '));
  // Without anything behind it, a command is only named there.
  const named = inText.map((span) => span.replace(/(webex-token-vault \w[\w-]*(?: \w[\w-]*)?)$/, '$1 --help'));
  return [...typed, ...named]
    .map((line) => line.replaceAll(/<([\w-]+)>/g, '$1'))
    .flatMap((line) => [
      ...line.matchAll(/(?:^|npx --no-install |node_modules\/\.bin\/)(webex-token(?:-vault)? [^|;&>)]*)/g),
    ])
    .map(([, line = '']) => line);
}

function withoutBlocks(page: string): string {
  return pageText(page).replaceAll(/^ *```[^]*?^ *```$/gm, '');
}
