import { runInProcess } from './support/run-in-process';

describe('mtls', () => {
  it.each([
    [['--help'], 0, 'destination'],
    [['--version'], 0, '0.'],
    [['cert', 'extract', '--help'], 0, 'Examples:'],
    [['cert', 'self-signed', '--help'], 0, 'Examples:'],
    [['cert', 'jwks', '--help'], 0, 'Examples:'],
    [['cert', 'inspect', '--help'], 0, 'Examples:'],
    [['cert', 'normalize', '--help'], 0, 'Examples:'],
    [['cert', 'bundle', '--help'], 0, 'Examples:'],
    [['cert', 'chain', '--help'], 0, 'Examples:'],
    [['destination', 'deploy', '--help'], 0, 'Examples:'],
  ])('%p exits with %i', async (argv, exitCode, text) => {
    const run = await runInProcess(argv);
    expect(run.exitCode).toBe(exitCode);
    expect(run.out).toContain(text);
  });

  it.each([
    ...['extract', 'inspect', 'normalize', 'bundle', 'chain', 'jwks', 'self-signed', 'watch'].map(
      (name) => `cert ${name}`,
    ),
    ...['lint', 'deploy', 'show', 'export', 'delete'].map((name) => `destination ${name}`),
    'token',
    'call',
    'doctor',
  ])('%s --help has two examples, and JSON to offer', async (command) => {
    const { out } = await runInProcess([...command.split(' '), '--help']);
    const [, examples = ''] = out.split('Examples:');
    expect(examples.split(`mtls ${command} `).length - 1).toBeGreaterThanOrEqual(2);
    expect(out).toContain('  --json ');
  });

  it.each([
    [[]],
    [['nonsense']],
    [['cert', 'extract', '--nonsense']],
    [['destination', 'deploy']],
    [['cert', 'extract', 'no-such-file']],
  ])('exits with 2 on wrong usage: %p', async (argv) => {
    const run = await runInProcess(argv);
    expect(run).toMatchObject({ exitCode: 2, out: '' });
    expect(run.err).not.toBe('');
  });

  it('reports an error that it does not know without its message, which could quote a key', async () => {
    const run = await runInProcess(['cert', 'extract', '-'], {
      readStdin: async () => {
        throw new Error('SECRET');
      },
    });
    expect(run.exitCode).toBe(1);
    expect(run.err).toContain('mtls failed with Error');
    expect(run.err).not.toContain('SECRET');
  });
});
