import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Reaper } from '../../src/cf/reaper';
import { stage, type StagingResult } from '../../src/cf/staging';
import { readMachineEnvironment } from '../../src/settings';

// Processes start slowly where everything else runs at the same time.
jest.setTimeout(30_000);

describe('stage', () => {
  let folder: string;
  let reaper: Reaper;
  let log: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'staging-test-'));
    reaper = Reaper.start([]);
    log = [];
  });

  afterEach(async () => {
    await reaper.dismiss();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(
    files: Readonly<Record<string, string>>,
    options: { readonly env?: Record<string, string>; readonly signal?: AbortSignal } = {},
  ): Promise<StagingResult> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, 'package', name)), { recursive: true });
      await writeFile(join(folder, 'package', name), content);
    }
    return stage({
      packageFolder: join(folder, 'package'),
      dropletFolder: join(folder, 'droplet'),
      env: options.env ?? {},
      machine: readMachineEnvironment().staging,
      reaper,
      signal: options.signal ?? new AbortController().signal,
      log: (stream, message) => void log.push(`${stream} ${message}`),
    });
  }

  /** A dependency on a folder in the package needs no registry. */
  const withDependency = {
    'package.json': JSON.stringify({
      name: 'app',
      version: '1.0.0',
      scripts: {
        'heroku-postbuild':
          "node -e \"require('fs').writeFileSync('built.txt', process.env.NODE_ENV + process.env.OWN)\"",
      },
      dependencies: { helper: 'file:./helper' },
      devDependencies: { tool: 'file:./tool' },
    }),
    'helper/package.json': '{"name":"helper","version":"1.0.0"}',
    'tool/package.json': '{"name":"tool","version":"1.0.0"}',
    'server.js': '',
  };

  it('copies an app without dependencies and starts no npm', async () => {
    const { startCommand, bytes } = await run({
      'package.json': '{"name":"app","engines":{"node":"24.x"}}',
      'server.js': '12345',
    });
    expect(startCommand).toBe('npm start');
    expect(bytes).toBe(45);
    expect(await readFile(join(folder, 'droplet', 'server.js'), 'utf8')).toBe('12345');
    expect(log).toContain('OUT        engines.node (package.json): 24.x');
    expect(log).not.toContain('OUT -----> Building dependencies');
  });

  it('installs production dependencies only, and runs the scripts of the buildpack', async () => {
    await run(withDependency, { env: { OWN: '!' } });
    expect(existsSync(join(folder, 'droplet', 'node_modules', 'helper'))).toBe(true);
    expect(existsSync(join(folder, 'droplet', 'node_modules', 'tool'))).toBe(false);
    expect(await readFile(join(folder, 'droplet', 'built.txt'), 'utf8')).toBe('production!');
    expect(existsSync(join(folder, 'package', 'node_modules'))).toBe(false);
  });

  it('fails when npm fails, with its output', async () => {
    const broken = {
      ...withDependency,
      'package.json': withDependency['package.json']
        .replace('heroku-postbuild', 'preinstall')
        .replace(/node -e [^}]*/, 'exit 7"'),
    };
    await expect(run(broken)).rejects.toMatchObject({
      code: 'staging-failed',
      message: 'BuildpackCompileFailed - App staging failed in the buildpack compile phase',
    });
    expect(log.at(-1)).toMatch(/^ERR {8}\*\*ERROR\*\* Unable to build dependencies: npm install .*exit status [1-9]/);
  });

  it('refuses a folder without package.json, and one that is no JSON', async () => {
    await expect(run({ 'server.js': '' })).rejects.toMatchObject({
      code: 'no-app-detected',
      message: 'NoAppDetectedError - An app was not successfully detected by any available buildpack',
    });
    await expect(run({ 'package.json': '{"name":}' })).rejects.toMatchObject({ code: 'staging-failed' });
    expect(log.at(-1)).toMatch(/Unable to read package.json/);
  });

  it('takes the start command of a Procfile, or the one that OPTIMIZE_MEMORY makes', async () => {
    const files = { 'package.json': '{"name":"app"}' };
    expect((await run(files, { env: { OPTIMIZE_MEMORY: 'true' } })).startCommand).toMatch(
      /^NODE_OPTIONS="--max_old_space_size=.*" npm start$/,
    );
    expect(log).toContain('OUT        **WARNING** This app may not specify any way to start a node process');
    expect((await run({ ...files, Procfile: 'web: node other.js\n' })).startCommand).toBe('node other.js');
  });

  it('ends npm when the landscape ends', async () => {
    const slow = {
      'package.json': '{"name":"app","scripts":{"heroku-prebuild":"node -e \\"setInterval(()=>{},1000)\\""}}',
    };
    const ended = new AbortController();
    setTimeout(() => ended.abort(), 300);
    await expect(run(slow, { signal: ended.signal })).rejects.toMatchObject({ code: 'staging-failed' });
  });
});
