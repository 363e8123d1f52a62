import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import plainWords from './lint/plain-words.cjs';

/** Refuses texts in which a command is written out. */
function shownCommands(pattern) {
  const message = 'Show a command by commandLine() or programLine() of #core.';
  return [
    { selector: `Literal[value=/${pattern}/]`, message },
    { selector: `TemplateElement[value.raw=/${pattern}/]`, message },
  ];
}

export default tseslint.config(
  { ignores: ['node_modules', '**/dist', 'cdktf.out', 'coverage', 'site/.vitepress/cache', 'site/.vitepress/.temp'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // A command that people paste runs what is installed, with the options of this run: core/src/command/command-line.ts.
    files: [
      'client/**/*.ts',
      'core/**/*.ts',
      'constructs/**/*.ts',
      'lib/**/*.ts',
      'rehearsal/**/*.ts',
      'scripts/**/*.ts',
    ],
    ignores: ['core/src/command/command-line.ts', 'scripts/completion.ts'],
    rules: { 'no-restricted-syntax': ['error', ...shownCommands('npx\\b.*\\bwebex-token')] },
  },
  {
    files: ['bench/**/*.ts', 'examples/**/*.ts', 'samples/**/*.ts', 'test/**/*.ts'],
    ignores: ['test/docs/installed.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...shownCommands('npx webex-token')] },
  },
  {
    // Texts for people: CONTRIBUTING.md has the rules.
    plugins: { texts: { rules: { 'plain-words': plainWords } } },
    rules: { 'texts/plain-words': 'error' },
  },
  {
    // The texts of tests are those of the product. Only their titles are their own.
    files: ['test/**/*.ts'],
    rules: { 'texts/plain-words': ['error', { titlesOnly: true }] },
  },
  {
    // Library code reports by return value and by error; only commands talk to the terminal.
    files: ['lib/**/*.ts', 'constructs/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', { object: 'process', property: 'exit' }],
    },
  },
  {
    // Names the type of a schema's fields; without a name, compiled types repeat it and lose its comments.
    files: ['lib/declaration/**/*.ts'],
    rules: { '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }] },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        module: 'writable',
        require: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
        __filename: 'readonly',
        URL: 'readonly',
      },
    },
  },
);
