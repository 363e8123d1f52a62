import jestConfig from './jest.config.js';

/*
 * How well unit tests notice a changed source: `npm run mutate` for all of it, which takes hours, or
 * `npm run mutate -- --mutate lib/declaration/derived/logins.ts` for some. Most of lib/grants/consent is
 * tested only on a real server, so its changes are not noticed here.
 */

const [unit] = jestConfig.projects;

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  packageManager: 'npm',
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  jest: {
    config: {
      ...unit,
      // Else those of jest.config.js would stay.
      projects: [],
      // What starts processes runs sources that nobody has changed.
      testMatch: [
        'core',
        'client',
        'constructs/tokens',
        'lib/grants/consent',
        'lib/declaration',
        'lib/terraform/consequences',
        'lib/files',
      ].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
      // What starts processes runs sources that nobody has changed; properties try each change a hundred times.
      testPathIgnorePatterns: ['process\\.test', 'property', 'integration'],
    },
  },
  mutate: [
    'core/src/**/*.ts',
    'client/src/**/*.ts',
    'lib/grants/consent/**/*.ts',
    'lib/declaration/**/*.ts',
    'lib/terraform/consequences/**/*.ts',
    'lib/files/require-private.ts',
  ],
  coverageAnalysis: 'perTest',
  // A constant of a module has its value before a test begins.
  ignoreStatic: true,
  dryRunTimeoutMinutes: 30,
  reporters: ['clear-text', 'html'],
  // Its own rewriting of tsconfig.json takes a TypeScript beside it, and ours refers to no other project.
  tsconfigFile: 'none',
};
