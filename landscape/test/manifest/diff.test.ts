import type { JsonObject } from '../../src/broker';
import { diffManifest } from '../../src/cf/manifest/diff';

function diff(application: JsonObject, existing?: JsonObject): string[] {
  const lines = diffManifest({ version: 1, applications: [application], existing: () => existing });
  return lines.map(({ mark, text }) => `${mark} ${text}`);
}

describe('diffManifest', () => {
  const application = {
    services: ['x', { name: 'other', parameters: { a: 1 } }],
    env: { K: 'v', N: '1' },
    memory: '256M',
    path: '/abs/dir',
    'disk-quota': '1G',
    'default-route': true,
    colour: 'red',
    name: 'A',
  };

  it('marks everything of a new app as added, but for sizes, the path and unknown keys', () => {
    expect(diff(application)).toEqual([
      '  ---',
      '  version: 1',
      '  applications:',
      '+ - name: A',
      '    disk-quota: 1G',
      '    path: /abs/dir',
      '    memory: 256M',
      '+   default-route: true',
      '    colour: red',
      '+   env:',
      '+     K: v',
      '+     N: "1"',
      '+   services:',
      '+   - x',
      '+   - name: other',
      '+     parameters:',
      '+       a: 1',
    ]);
  });

  it('marks what changes with its old value, and nothing that stays or that the manifest does not name', () => {
    const existing = {
      name: 'A',
      env: { K: 'old', OTHER: 'stays' },
      services: ['x', 'z'],
      instances: 1,
      routes: [{ route: 'a.b' }],
    };
    const next = {
      name: 'A',
      instances: 1,
      env: { K: 'v', N: '2' },
      services: ['x', 'other'],
      routes: [{ route: 'a.b' }, { route: 'c.d' }],
    };
    expect(diff(next, existing).slice(3)).toEqual([
      '  - name: A',
      '    instances: 1',
      '    env:',
      '-     K: old',
      '+     K: v',
      '+     N: "2"',
      '    routes:',
      '    - route: a.b',
      '+   - route: c.d',
      '    services:',
      '    - x',
      '+   - other',
    ]);
  });
});
