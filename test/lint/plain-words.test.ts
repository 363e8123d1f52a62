import { RuleTester, type Rule } from 'eslint';
import tseslint from 'typescript-eslint';

const rule = jest.requireActual<Rule.RuleModule>('../../lint/plain-words.cjs');
const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });
const LONG = `${'word '.repeat(30)}word`;
const refused = { messageId: 'fault' };

tester.run('plain-words', rule, {
  valid: [
    '/** Lifetime of the token, in seconds. */',
    `// A sentence of ${'word '.repeat(26)}end.\n`,
    `const text = 'of the app';`,
    `const text = \`\${count} words\`;`,
    `/** Reads \`${LONG}\`. */`,
    `const script = '${LONG};';`,
    `/** @see ${LONG} */`,
    `/** @param name ${'word '.repeat(29)} */`,
    { code: `const text = 'What was got';`, options: [{ titlesOnly: true }] },
  ],
  invalid: [
    ...['Of', 'What', 'Who', 'Whose', 'Whoever'].flatMap((opening) => [
      { code: `// ${opening} all apps, one.`, errors: [refused] },
      { code: `// The token expires.\n// ${opening} follows is lost.`, errors: [refused] },
    ]),
    { code: '/** @returns who reads the token */', errors: [refused] },
    { code: `// ${LONG}`, errors: [refused] },
    { code: `const text = 'What was got is wrong';`, errors: [refused] },
    { code: `const text = 'It failed. Whoever asks ' + name + ' gets nothing';`, errors: [refused] },
    { code: `const text = \`${LONG.slice(5)} \${name} again\`;`, errors: [refused] },
    { code: `it('whoever reads gets a token', () => {});`, errors: [refused], options: [{ titlesOnly: true }] },
    { code: `it.each([1])('what is %s', () => {});`, errors: [refused], options: [{ titlesOnly: true }] },
  ],
});
