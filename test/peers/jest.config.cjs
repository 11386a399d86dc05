'use strict';

const { projects } = require('../../jest.config.cjs');

const { displayName, testMatch, testPathIgnorePatterns, modulePathIgnorePatterns, moduleNameMapper, ...shared } =
  projects[1];

module.exports = {
  ...shared,
  rootDir: '../..',
  moduleNameMapper,
  modulePathIgnorePatterns: ['/dist/'],
  testMatch: ['<rootDir>/test/peers/*.test.ts'],
};
