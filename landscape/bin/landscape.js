#!/usr/bin/env node
require('../dist/control.js');
