import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentialFindingCodes } from '../../src/pki/credential-finding';

describe('docs/keystores.md', () => {
  it('explains each finding', () => {
    const text = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'keystores.md'), 'utf8');
    const explained = [...text.matchAll(/^\| `([a-z-]+)` *\| (?:error|warning|note)/gm)].map(([, code]) => code);
    expect(explained).toEqual(expect.arrayContaining([...credentialFindingCodes]));
  });
});
