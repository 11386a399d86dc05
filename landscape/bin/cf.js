#!/usr/bin/env node
require('../dist/cf.js');
