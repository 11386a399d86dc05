#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '..', 'dist', 'main.js');
if (existsSync(main)) require(main);
else {
  console.error('mtls is not built yet.\n  Run npm run build in the repository.');
  process.exitCode = 1;
}
