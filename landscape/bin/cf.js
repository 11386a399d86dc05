#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

if (existsSync(join(__dirname, '../dist/cf.js'))) require('../dist/cf.js');
else {
  console.error('The landscape is not built yet. Start it in another terminal: npm start -- --empty');
  console.log('FAILED');
  process.exitCode = 1;
}
