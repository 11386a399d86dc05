// Reads every descriptor of the deployment and says, with file and line, what Cloud Foundry would silently ignore, what a
// broker would refuse and where two descriptors disagree. `--root DIR` checks another folder.
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { checkDescriptors } from './lib/descriptor-check.mjs';
import { root } from './lib/run.mjs';

const { values } = parseArgs({ options: { root: { type: 'string', default: root } } });
const { files, problems } = checkDescriptors(resolve(values.root));
for (const { file, line, message } of problems) console.error(`${file}:${line}: ${message}`);
if (problems.length > 0) {
  console.error(`\n${problems.length} problem${problems.length === 1 ? '' : 's'} in the descriptors.`);
  process.exit(1);
}
console.log(`${files.join(', ')} are sound and agree with each other.`);
