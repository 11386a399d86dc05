import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { removedChecks } = require('../lib/removed-checks.mjs') as {
  readonly removedChecks: ReadonlyArray<Record<'file' | 'what' | 'from', string>>;
};
const root = join(__dirname, '..', '..');

describe('the list of checks that are removed to see whether a test notices', () => {
  it('names places that are there, once each: `npm run test:removed-checks` would stop at another', () => {
    const count = (file: string, from: string): number => readFileSync(join(root, file), 'utf8').split(from).length - 1;
    const wrong = removedChecks.filter(({ file, from }) => count(file, from) !== 1);
    expect(wrong.map(({ file, what }) => `${file}: ${what}`)).toEqual([]);
  });
});
