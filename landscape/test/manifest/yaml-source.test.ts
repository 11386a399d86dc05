import { parseYaml } from '../../src/cf/manifest/yaml-source';

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('parseYaml', () => {
  it('reads YAML 1.1 as cf does: yes is true, a date stays text, 0644 is octal', () => {
    expect(parseYaml('a: yes\nb: 2026-01-01\nc: 0644\nd: 1:30\ne: off', 'm.yml').value).toEqual({
      a: true,
      b: '2026-01-01',
      c: 420,
      d: '1:30',
      e: false,
    });
  });

  it('merges an anchor with <<, members of its own win', () => {
    const text = 'base: &base\n  memory: 64M\n  stack: s\napp:\n  <<: *base\n  memory: 128M\n';
    expect(parseYaml(text, 'm.yml').value).toMatchObject({ app: { memory: '128M', stack: 's' } });
  });

  it('takes the last of two equal keys and tells where it stands', () => {
    const source = parseYaml('a: 1\nb:\n  c: 1\n  c: 2\n', 'm.yml');
    expect(source.value).toEqual({ a: 1, b: { c: 2 } });
    expect(source.duplicateKeys).toEqual([{ key: 'c', location: { file: 'm.yml', line: 4, column: 3 } }]);
  });

  it.each([
    ['a bad indentation', 'a:\n  b: 1\n c: 2\n', 3],
    ['a tab', 'a:\n\t- b\n', 2],
    ['an open quote', 'a: "b\n', 2],
    ['an alias without an anchor', 'a: *nothing\n', 1],
  ])('refuses %s with its line', (_, text, line) => {
    const error = caught(() => parseYaml(text, '/x/m.yml'));
    expect(error).toMatchObject({ name: 'ManifestError', locations: [{ file: '/x/m.yml', line }] });
    expect(error).toHaveProperty('message', expect.stringMatching(new RegExp(`^yaml: line ${line}: \\w`)));
  });

  it('locates keys, list entries, merged keys and the nearest parent of what is absent', () => {
    const source = parseYaml('base: &b\n  memory: 1\napps:\n  - <<: *b\n    name: x\n  - name: y\n', 'm.yml');
    expect(source.locate(['apps', 1, 'name']).line).toBe(6);
    expect(source.locate(['apps', 0, 'memory']).line).toBe(2);
    expect(source.locate(['apps', 0, 'absent'])).toEqual(source.locate(['apps', 0]));
    expect(source.locate(['apps']).line).toBe(3);
  });

  it('reads an empty file as null', () => {
    expect(parseYaml('', 'm.yml').value).toBeNull();
  });

  it('refuses aliases that would multiply into millions of values', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => pair.split('')))
      lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`);
    expect(() => parseYaml(lines.join('\n'), 'm.yml')).toThrow(/alias/i);
  });
});
