// Type-checks every workspace on its own (so that none sees jest's globals), then the tests.
import { root, runTool } from './lib/run.mjs';
import { ensureInstalled } from './lib/install.mjs';

ensureInstalled(root);
for (const project of ['platform', 'backend', 'frontend', 'cli', 'landscape', '.'])
  runTool('typescript/bin/tsc', ['--project', project]);
