// The licences of what a bundle holds: whoever passes the bundle on passes these on, too.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

/**
 * @param inputs files of the bundle, relative to the repository, as esbuild's metafile names them.
 * @returns our own licence, then that of each package, in the order of their names.
 */
export function collectLicences(inputs) {
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const texts = [...folders].toSorted().map((folder) => describe(folder));
  return [readFileSync(join(root, 'LICENSE'), 'utf8'), ...texts].join(`\n${'-'.repeat(80)}\n\n`);
}

/** `node_modules/@scope/name/lib/x.js` lies in `node_modules/@scope/name`; the last node_modules counts. */
function packageFolder(input) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

function describe(folder) {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(path, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}
