import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliContext } from '../../src/context';
import { readEnvironmentInput } from '../../src/files/read-environment';
import { readInput } from '../../src/files/read-input';
import { useTemporaryFolder } from '../support/temporary-folder';

const folder = useTemporaryFolder();
const context = (overrides: Partial<CliContext> = {}): CliContext => ({
  cwd: folder(),
  env: {},
  colour: false,
  now: Date.now,
  out: () => undefined,
  err: () => undefined,
  readStdin: async () => Buffer.from('from stdin'),
  ...overrides,
});

describe('readInput', () => {
  it.each<readonly [string, Buffer]>([
    ['UTF-8', Buffer.from('{"a":"ü"}')],
    ['UTF-8 with byte order mark', Buffer.from('\uFEFF{"a":"ü"}')],
    ['UTF-16, as Windows PowerShell redirects', Buffer.from('\uFEFF{"a":"ü"}', 'utf16le')],
    ['UTF-16 big endian', Buffer.from('\uFEFF{"a":"ü"}', 'utf16le').swap16()],
  ])('reads %s', async (_, bytes) => {
    writeFileSync(join(folder(), 'key.txt'), bytes);
    expect(await readInput(context(), 'key.txt')).toEqual({ text: '{"a":"ü"}', name: 'key.txt' });
  });

  it('reads standard input for -', async () => {
    expect(await readInput(context(), '-')).toEqual({ text: 'from stdin', name: 'standard input' });
  });

  it('refuses a file that is not there as wrong usage', async () => {
    await expect(readInput(context(), 'no.txt')).rejects.toMatchObject({
      name: 'UsageFailure',
      message: 'no.txt cannot be read (ENOENT).',
    });
  });

  it('refuses more than 2 MB without reading it', async () => {
    writeFileSync(join(folder(), 'big.txt'), Buffer.alloc(5_000_001));
    await expect(readInput(context(), 'big.txt')).rejects.toMatchObject({ code: 'input-too-large' });
  });
});

describe('readEnvironmentInput', () => {
  it('prefers VCAP_SERVICES_FILE_PATH, as @sap/xsenv does', async () => {
    const path = join(folder(), 'vcap');
    writeFileSync(path, '{"file":[]}');
    const env = { VCAP_SERVICES_FILE_PATH: path, VCAP_SERVICES: '{}' };
    expect((await readEnvironmentInput(context({ env }))).text).toBe('{"file":[]}');
    expect((await readEnvironmentInput(context({ env: { VCAP_SERVICES: '{}' } }))).text).toBe('{}');
  });

  it('refuses as wrong usage where neither is set', async () => {
    await expect(readEnvironmentInput(context())).rejects.toMatchObject({
      name: 'UsageFailure',
      code: 'input-missing',
    });
  });
});
