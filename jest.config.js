const base = {
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
  testEnvironment: 'node',
};
// A project cannot set its timeout otherwise.
const onRealServers = { ...base, setupFilesAfterEnv: ['<rootDir>/test/real-servers.ts'] };

module.exports = {
  testTimeout: 30_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.integration\\.test\\.ts$', '\\.deploy\\.test\\.ts$'],
    },
    { ...onRealServers, displayName: 'integration', testMatch: ['<rootDir>/test/**/*.integration.test.ts'] },
    { ...onRealServers, displayName: 'deploy', testMatch: ['<rootDir>/test/**/*.deploy.test.ts'] },
  ],
};
