const { cpus } = require('node:os');

/** Entries of packages that have many files or are ES modules. */
const PACKAGES = [
  '@peculiar/x509/build/x509[.]cjs[.]js',
  'cdktf/lib/index[.]js',
  'fast-check/lib/cjs/fast-check[.]js',
  'node-vault/src/index[.]js',
  'p-limit/index[.]js',
  'qr/(?:index|decode)[.]js',
  'yaml/dist/index[.]js',
  'zod/index[.]cjs',
];

const base = {
  transform: {
    '^.+\\.ts$': '<rootDir>/test/typescript-transform.js',
    [`/node_modules/(${PACKAGES.join('|')})$`]: '<rootDir>/test/package-transform.js',
  },
  // The transform's pattern selects the packages.
  transformIgnorePatterns: [],
  testEnvironment: 'node',
  // The same paths as in tsconfig.json: sources, which need no build.
  moduleNameMapper: {
    // A native import() names the compiled file.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^webex-token-client$': '<rootDir>/client/src/index.ts',
    '^#core$': '<rootDir>/core/src/index.ts',
    '^#core/(.*)$': '<rootDir>/core/src/$1.ts',
    '^webex-token-vault$': '<rootDir>/constructs/index.ts',
    '^webex-token-vault/deployment$': '<rootDir>/lib/declaration/define-deployment.ts',
  },
};
// A project can set its timeout only in a set-up file.
const onRealServers = {
  ...base,
  globalSetup: '<rootDir>/test/cached-servers.ts',
  setupFilesAfterEnv: ['<rootDir>/test/real-servers.ts'],
};
/** Projects that start the built programs share one build. */
const onBuiltPrograms = {
  ...onRealServers,
  globalSetup: '<rootDir>/test/integration-setup.ts',
  globalTeardown: '<rootDir>/test/integration-teardown.ts',
  globals: { startsBuiltPrograms: true },
};
/** Cases of each property in `npm run fuzz`. */
const FUZZ_CASES = Number(process.env.FUZZ_CASES ?? 10_000);

module.exports = {
  // More workers than processors, because most tests wait for servers.
  maxWorkers: Math.max(4, cpus().length),
  testSequencer: '<rootDir>/test/longest-first.js',
  // Only a hanging test takes this long, even on a busy machine.
  testTimeout: 300_000,
  reporters: ['default', '<rootDir>/test/end-of-run.js'],
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.(?:integration|long|deploy|kubernetes)\\.test\\.ts$'],
    },
    { ...onBuiltPrograms, displayName: 'integration', testMatch: ['<rootDir>/test/**/*.integration.test.ts'] },
    { ...onBuiltPrograms, displayName: 'long', testMatch: ['<rootDir>/test/**/*.long.test.ts'] },
    // Properties with many cases. The projects above run few: see test/fixtures/arbitrary/property.ts.
    {
      ...base,
      displayName: 'fuzz',
      testMatch: ['<rootDir>/test/**/*.property.test.ts'],
      globals: { FUZZ_CASES },
    },
    {
      ...onRealServers,
      displayName: 'fuzz-integration',
      testMatch: ['<rootDir>/test/**/*.property.integration.test.ts'],
      globals: { FUZZ_CASES },
    },
    { ...onRealServers, displayName: 'deploy', testMatch: ['<rootDir>/test/**/*.deploy.test.ts'] },
    {
      ...base,
      displayName: 'kubernetes',
      testMatch: ['<rootDir>/test/**/*.kubernetes.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/real-servers.ts'],
    },
  ],
};
