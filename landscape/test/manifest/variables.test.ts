import { interpolate, parseVariable, readVariables } from '../../src/cf/manifest/variables';
import { ManifestFolder } from './manifest-folder';

const folder = new ManifestFolder();
afterAll(() => folder.remove());

const values = new Map(
  Object.entries({ host: 'shop', count: 2, on: true, nothing: null, deep: { a: { b: 'found' } } }),
);

describe('interpolate', () => {
  it('keeps the type of a variable that stands alone', () => {
    const { value } = interpolate({ a: '((count))', b: '((on))', c: '((deep))', d: '((nothing))' }, values);
    expect(value).toEqual({ a: 2, b: true, c: { a: { b: 'found' } }, d: null });
  });

  it('puts texts and numbers into a text, in keys too, and reads members with a dot', () => {
    expect(interpolate({ '((host))-x': ['((host))-((count)).((deep.a.b))', '((!host))'] }, values).value).toEqual({
      'shop-x': ['shop-2.found', 'shop'],
    });
  });

  it('does not replace within a replaced value', () => {
    expect(interpolate('((a))', new Map([['a', '((b))']])).value).toBe('((b))');
  });

  it('names what is missing, sorted, with the first place that needs it', () => {
    const { missing } = interpolate({ list: ['((zone))', '((b))'], again: '((zone))' }, values);
    expect(missing).toEqual([
      { name: 'b', at: ['list', 1] },
      { name: 'zone', at: ['list', 0] },
    ]);
  });

  it('tells which variables were used', () => {
    expect([...interpolate('((host)) ((deep.a.b))', values).used]).toEqual(['host', 'deep']);
  });

  it('refuses a boolean or a mapping within a text, and a member that does not exist', () => {
    expect(() => interpolate('x-((on))', values)).toThrow(
      "Invalid type 'bool' for value 'true' and variable 'on'. Supported types for interpolation within a string are integers and strings.",
    );
    expect(() => interpolate('x-((deep))', values)).toThrow(/Invalid type 'map/);
    expect(() => interpolate('((deep.x))', values)).toThrow("Expected to find a map key 'x' for variable 'deep.x'");
  });
});

describe('readVariables', () => {
  it('lets a later file win over an earlier one, and --var over all', async () => {
    const first = folder.write('first.yml', 'a: 1\nb: 1\nc: 1\n');
    const second = folder.write('second.yml', 'b: 2\nc: 2\n');
    const { values: read } = await readVariables([first, second], [parseVariable('c=3')]);
    expect(Object.fromEntries(read)).toEqual({ a: 1, b: 2, c: 3 });
  });

  it('takes an empty file for no variables', async () => {
    expect((await readVariables([folder.write('empty.yml', '# none\n')], [])).values.size).toBe(0);
  });

  it.each([
    ['a list', '- a\n', 1],
    ['broken YAML', 'a: 1\nb: [\n', 3],
  ])('refuses %s in a vars file with its line', async (_, text, line) => {
    const file = folder.write('bad.yml', text);
    const reading = readVariables([file], []);
    await expect(reading).rejects.toMatchObject({ locations: [{ file, line }] });
    await expect(reading).rejects.toThrow(/^The option --vars-file expects a valid YAML file\. \w/);
  });
});

describe('parseVariable', () => {
  it('reads the value as YAML and cuts at the first equals sign', () => {
    expect(parseVariable('n=2')).toEqual({ name: 'n', value: 2 });
    expect(parseVariable('q=a=b')).toEqual({ name: 'q', value: 'a=b' });
  });

  it.each([
    ['x', "Expected var 'x' to be in format 'name=value'"],
    ['=x', "Expected var '=x' to specify non-empty name"],
    ['x=', "Expected var 'x=' to specify non-empty value"],
    ['x=[', "Deserializing variables 'x=['"],
  ])('refuses %j', (text, message) => {
    expect(() => parseVariable(text)).toThrow(message);
  });
});
