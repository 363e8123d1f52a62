import jestConfig from './jest.config.js';

/*
 * Mutation tests show which changes of the sources no unit test notices. `npm run mutate` takes hours; for one file, use
 * `npm run mutate -- --mutate lib/declaration/derived/logins.ts`. Most of lib/grants/consent is tested only on a real
 * server, so its mutants survive here.
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
      // Without this, the projects of jest.config.js would stay.
      projects: [],
      testMatch: [
        'core',
        'client',
        'constructs/tokens',
        'lib/grants/consent',
        'lib/declaration',
        'lib/terraform/consequences',
        'lib/files',
      ].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
      // A started process runs the original sources, and properties run a hundred cases for each mutant.
      testPathIgnorePatterns: ['process\\.test', 'property', 'integration', 'long\\.test'],
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
  // A module's constants are evaluated before a test begins.
  ignoreStatic: true,
  dryRunTimeoutMinutes: 30,
  reporters: ['clear-text', 'html'],
  // Rewriting tsconfig.json would need TypeScript beside Stryker, and ours has no references.
  tsconfigFile: 'none',
};
