'use strict';

// Packages that ship ES modules only: jest runs CommonJS, so these are transformed like our own sources.
const esModules =
  'jose|@peculiar|asn1js|pvutils|pvtsutils|bytestreamjs|preact[^/]*|lru-cache|p-retry|valibot|axios|oidc-provider|openid-client|oauth4webapi|pkijs|@noble';

const shared = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.m?[tj]sx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^@mtls/platform$': '<rootDir>/platform/src/index.ts',
    // A dynamic import names the file that is built.
    '^(\\./redis-store)\\.js$': '$1',
  },
  transformIgnorePatterns: [`/node_modules/(?!.*(${esModules})/)`],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/test/peers/', '<rootDir>/bench/'],
};

module.exports = {
  // Real processes, keys and handshakes on a machine that may be busy: a test that needs longer hangs.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{platform,backend,frontend,cli,landscape,scripts}/test/**/*.test.ts?(x)'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/browser/', '<rootDir>/test/peers/'],
    },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.test.ts'] },
  ],
};
