import { parseArguments } from '../../src/cf/command/arguments';
import {
  choiceFlag,
  integerFlag,
  jsonFlag,
  listFlag,
  megabytesFlag,
  switchFlag,
  textFlag,
} from '../../src/cf/command/flags';

const flags = {
  force: switchFlag({ short: 'f', long: 'force', description: '' }),
  routes: switchFlag({ short: 'r', description: '' }),
  config: textFlag({ short: 'c', long: 'config', description: '' }),
  names: listFlag({ long: 'name', description: '' }),
  count: integerFlag({ short: 'i', description: '' }, 0),
  size: megabytesFlag({ short: 'm', description: '' }),
  kind: choiceFlag({ long: 'kind', description: '' }, ['one', 'two'], 'KIND must be "one" or "two"'),
};

function parse(...argv: string[]) {
  return parseArguments(argv, { flags, cwd: '/' });
}

describe('parseArguments', () => {
  it('gives each flag its value when none is used', () => {
    expect(parse('a', 'b')).toEqual({
      positionals: ['a', 'b'],
      help: false,
      flags: {
        force: false,
        routes: false,
        config: undefined,
        names: [],
        count: undefined,
        size: undefined,
        kind: undefined,
      },
    });
  });

  it('takes flags before, between and behind positionals', () => {
    const { positionals, flags: values } = parse('-f', 'a', '-c', 'x', 'b', '--name', 'n');
    expect(positionals).toEqual(['a', 'b']);
    expect(values).toMatchObject({ force: true, config: 'x', names: ['n'] });
  });

  it.each([
    ['--config=x=y', 'x=y'],
    ['-cx', 'x'],
    ['-c=x', 'x'],
    ['--config=', ''],
  ])('reads the attached value of %s', (word, value) => {
    expect(parse(word).flags.config).toBe(value);
  });

  it('reads joined switches, and a value behind them', () => {
    expect(parse('-rf').flags).toMatchObject({ force: true, routes: true });
    expect(parse('-rfcx').flags).toMatchObject({ force: true, routes: true, config: 'x' });
    expect(parse('-fi', '2').flags).toMatchObject({ force: true, count: 2 });
  });

  it('keeps all values of a list and the last of a single one', () => {
    expect(parse('--name', 'a', '--name=b', '-c', '1', '-c', '2').flags).toMatchObject({
      names: ['a', 'b'],
      config: '2',
    });
  });

  it('takes everything behind -- and a single dash as positionals', () => {
    expect(parse('-', '--', '-f', '--name').positionals).toEqual(['-', '-f', '--name']);
  });

  it('stops at -h and --help, wherever they stand', () => {
    expect(parse('a', '-h', '--bogus').help).toBe(true);
    expect(parse('--help').help).toBe(true);
    expect(parse('-fh').help).toBe(true);
  });

  it('takes a negative number for a value', () => {
    expect(parse('-c', '-1').flags.config).toBe('-1');
  });

  it.each([
    [['--bogus'], "unknown flag `bogus'"],
    [['-x'], "unknown flag `x'"],
    [['-fx'], "unknown flag `x'"],
    [['-c'], "expected argument for flag `-c, --config'"],
    [['-c', '-f'], "expected argument for flag `-c, --config', but got option `-f'"],
    [['-c', '--'], "expected argument for flag `-c, --config', but got double dash `--'"],
    [['--force=true'], "bool flag `-f, --force' cannot have an argument"],
    [['-i', '1.5'], "invalid argument for flag '-i' (expected int > 0)"],
    [['-i', '-1'], "invalid argument for flag '-i' (expected int > 0)"],
    [['-m', '64'], 'Byte quantity must be an integer with a unit of measurement like M, MB, G, or GB'],
    [['-m', '0M'], 'Byte quantity must be an integer with a unit of measurement like M, MB, G, or GB'],
    [['--kind', 'three'], 'KIND must be "one" or "two"'],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ message, foundBy: 'parser' }) as Error);
  });

  it('takes unknown flags as values where the verb says so', () => {
    const parsed = parseArguments(['a', 'KEY', '--bogus', '-1'], { flags: {}, cwd: '/', unknownFlagsAreValues: true });
    expect(parsed.positionals).toEqual(['a', 'KEY', '--bogus', '-1']);
  });
});

describe('jsonFlag', () => {
  const parameters = { parameters: jsonFlag({ short: 'c', description: '' }) };

  it('takes an object that is too long for the name of a file', () => {
    const object = { 'credential-type': 'X509_PROVIDED', certificate: 'MIID'.repeat(2000) };
    const { flags: read } = parseArguments(['-c', JSON.stringify(object)], { flags: parameters, cwd: '/' });
    expect(read.parameters).toEqual(object);
  });

  it('refuses a text that is neither a file nor an object', () => {
    expect(() => parseArguments(['-c', 'parameters.json'], { flags: parameters, cwd: '/nowhere' })).toThrow(
      /Invalid configuration provided for -c flag/,
    );
  });
});
