import { join, resolve } from 'node:path';
import { loadManifest, parseVariable, readManifest } from '../../src/cf/manifest';
import { ManifestFolder } from './manifest-folder';

const folder = new ManifestFolder();
const appFolder = folder.writeApp('app');
afterAll(() => folder.remove());

function write(application: string): string {
  return folder.write('manifest.yml', `version: 1\napplications:\n- name: a\n  path: app\n${application}`);
}

async function readOnly(application: string): Promise<Record<string, unknown>> {
  const { apps } = await readManifest({ file: write(application) });
  expect(apps).toHaveLength(1);
  return { ...apps[0]?.spec };
}

describe('readManifest', () => {
  it('reads the manifest of this repository with its vars file', async () => {
    const root = resolve(__dirname, '../../..');
    const { applications } = await loadManifest({
      file: join(root, 'manifest.yml'),
      varsFiles: [join(root, 'vars.yml')],
      vars: [parseVariable('suffix=mine')],
    });
    expect(applications.map(({ attributes }) => attributes['name'])).toEqual(['backendmtls', 'frontendmtls']);
    expect(applications[0]?.attributes['routes']).toContainEqual({
      route: 'backendmtls-mine.cert.cfapps.us10.hana.ondemand.com',
    });
  });

  it('reads everything that an application may say', async () => {
    const spec = await readOnly(`  memory: 128M
  disk_quota: 1G
  instances: 2
  timeout: 90
  command: exec node server.js
  health-check-type: http
  health-check-http-endpoint: /health
  health-check-invocation-timeout: 2
  log-rate-limit-per-second: 16K
  buildpacks: [nodejs_buildpack]
  stack: cflinuxfs4
  features: {file-based-vcap-services: true}
  env: {TEXT: x, NUMBER: 1, FLAG: yes, NESTED: {a: 1}}
  routes:
  - route: Host.Example.com/Path
    protocol: http1
  services:
  - plain
  - name: detailed
    binding_name: b
    parameters: {credential-type: x509}
`);
    expect(spec).toEqual({
      name: 'a',
      memoryMb: 128,
      diskMb: 1024,
      instances: 2,
      timeoutSeconds: 90,
      command: 'exec node server.js',
      healthCheck: { type: 'http', httpEndpoint: '/health', invocationTimeoutSeconds: 2 },
      logRateLimit: 16_384,
      buildpacks: ['nodejs_buildpack'],
      stack: 'cflinuxfs4',
      features: { 'file-based-vcap-services': true },
      env: { TEXT: 'x', NUMBER: '1', FLAG: 'true', NESTED: '{"a":1}' },
      routes: ['host.example.com/Path'],
      services: [{ name: 'plain' }, { name: 'detailed', bindingName: 'b', parameters: { 'credential-type': 'x509' } }],
    });
  });

  it('says nothing about what the manifest leaves out', async () => {
    expect(await readOnly('')).toEqual({ name: 'a', env: {}, services: [] });
  });

  it('ignores an unknown key, as Cloud Foundry does', async () => {
    expect(await readOnly('  memroy: 64M\n')).toEqual({ name: 'a', env: {}, services: [] });
  });

  it('takes the web process of `processes` instead of the top level', async () => {
    const spec = await readOnly('  memory: 1G\n  processes:\n  - type: web\n    instances: 3\n');
    expect(spec).toEqual({ name: 'a', instances: 3, env: {}, services: [] });
  });

  it('leaves the type of the health check open when only its endpoint is named', async () => {
    expect(await readOnly('  health-check-http-endpoint: /up\n')).toMatchObject({
      healthCheck: { httpEndpoint: '/up' },
    });
  });

  it('resets the start command by null or default', async () => {
    expect(await readOnly('  command: null\n')).toMatchObject({ command: null });
    expect(await readOnly('  command: default\n')).toMatchObject({ command: null });
  });

  it.each([
    ['no-route: true\n  routes: [{route: a.b}]', { routeMode: 'none' }],
    ['random-route: true', { routeMode: 'random' }],
    ['default-route: true', { routeMode: 'default' }],
  ])('reads %j', async (text, expected) => {
    const spec = await readOnly(`  ${text}\n`);
    expect(spec).toMatchObject(expected);
    expect(spec).not.toHaveProperty('routes');
  });

  it('finds path relative to the manifest, links resolved', async () => {
    const { file, apps } = await readManifest({ file: join(write(''), '..') });
    expect(file).toBe(join(folder.path, 'manifest.yml'));
    expect(apps[0]?.path).toBe(appFolder);
  });

  it('prefers manifest.yml to manifest.yaml and takes the latter alone', async () => {
    const alone = new ManifestFolder();
    alone.write('manifest.yaml', 'applications: [{name: second}]');
    expect((await readManifest({ file: alone.path })).apps[0]?.spec.name).toBe('second');
    alone.write('manifest.yml', 'applications: [{name: first}]');
    expect((await readManifest({ file: alone.path })).apps[0]?.spec.name).toBe('first');
    alone.remove();
  });

  it.each([
    ['memory: lots', 'Process "web": Memory is not a number', 5],
    ['memory: 64', 'Process "web": Memory must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB', 5],
    ['memory: 0M', 'Process "web": Memory must be greater than 0MB', 5],
    ['disk_quota: 12Q', 'Process "web": Disk quota must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB', 5],
    ['log-rate-limit-per-second: fast', 'Process "web": Log rate limit per second is not a number', 5],
    ['instances: -1', 'Process "web": Instances must be greater than or equal to 0', 5],
    ['timeout: 0', 'Process "web": Timeout must be greater than or equal to 1', 5],
    ['health-check-type: tcp', 'Process "web": Health check type must be "port", "process", or "http"', 5],
    ['services: mine', 'Services must be a list of service instances', 5],
    ['services: [{nom: x}]', 'Services must be a list of service instances', 5],
    ['routes: [a.b]', 'Routes must be a list of route objects', 5],
    ["routes: [{route: 'a b.c'}]", "The route 'a b.c' is not a properly formed URL", 5],
    ['env: [A]', 'Env must be an object of keys and values', 5],
    ['env: {\n    OK: 1,\n    VCAP_SERVICES: x}', 'Env cannot start with VCAP_', 7],
    ['env: {VMC_X: x}', 'Env cannot start with VMC_', 5],
    ['env: {PORT: 1}', 'Env cannot set PORT', 5],
    ['random-route: true\n  default-route: true', 'Random-route and default-route may not be used together', 5],
    ['buildpack: nodejs_buildpack\n  buildpacks: []', 'Buildpack and Buildpacks fields cannot be used together.', 5],
    ['buildpacks: [nodejs]', 'Buildpack: "nodejs" must be an existing admin buildpack or a valid git URI', 5],
    ['stack: cflinuxfs3', 'Stack must be an existing stack', 5],
    ['processes: [{memory: 1G}]', 'All Processes must specify a type', 5],
    ['processes: [{type: web}, {type: web}]', 'Process "web" may only be present once', 5],
    [
      'docker: {image: x}',
      'The landscape runs Node.js apps with the nodejs buildpack only: "docker" is not supported',
      5,
    ],
  ])('refuses %j in the words of the Cloud Controller, with its line', async (text, message, line) => {
    const file = write(`  ${text}\n`);
    await expect(readManifest({ file })).rejects.toMatchObject({
      message: `For application 'a': ${message}`,
      locations: [{ file, line }],
    });
  });

  it('lists several refusals, each with its application', async () => {
    const file = folder.write('manifest.yml', 'applications:\n- {name: a, memory: x}\n- {memory: 0M}\n');
    await expect(readManifest({ file })).rejects.toThrow(
      [
        'Multiple errors occurred:',
        `- For application 'a': Process "web": Memory is not a number`,
        '- For application at index 1: Name must not be empty',
        '- For application at index 1: Process "web": Memory must be greater than 0MB',
      ].join('\n'),
    );
  });

  it.each([
    ['instances: two', '!!str `two` into int'],
    ['no-route: maybe', '!!str `maybe` into bool'],
    ['memory: [1]', '!!seq into string'],
    ['timeout: {}', '!!map into int64'],
    ['name: {}', '!!map into string'],
    ['random-route: certainly not', '!!str `certain...` into bool'],
    ['processes: [web]', '!!str `web` into manifestparser.Process'],
  ])('refuses the wrong type in %j as the YAML library of cf does', async (text, message) => {
    const file = write(`  ${text}\n`);
    await expect(readManifest({ file })).rejects.toMatchObject({
      message: `yaml: unmarshal errors:\n  line 5: cannot unmarshal ${message}`,
      locations: [{ file, line: 5 }],
    });
  });

  it('refuses a path that does not exist with the absolute path', async () => {
    const file = folder.write('manifest.yml', 'applications:\n- name: a\n  path: ./nowhere\n');
    await expect(readManifest({ file })).rejects.toMatchObject({
      message: `File not found locally, make sure the file exists at given path ${join(folder.path, 'nowhere')}`,
      locations: [{ line: 3 }],
    });
  });

  it('refuses missing variables, all at once', async () => {
    const file = write('  routes: [{route: ((suffix)).((domain))}]\n');
    await expect(readManifest({ file })).rejects.toMatchObject({
      message: 'Expected to find variables: domain, suffix',
      locations: [{ line: 5 }, { line: 5 }],
    });
  });

  it.each(['', 'version: 1', 'applications: []'])('refuses a manifest without applications: %j', async (text) => {
    const file = folder.write('manifest.yml', text);
    await expect(readManifest({ file })).rejects.toThrow('Manifest must have at least one application.');
  });

  it('refuses a folder without a manifest and a file that does not exist', async () => {
    await expect(readManifest({ file: appFolder })).rejects.toThrow(
      `The specified directory '${appFolder}' does not contain a file named 'manifest.yml'.`,
    );
    await expect(readManifest({ file: '/nowhere.yml' })).rejects.toThrow(
      "The specified path '/nowhere.yml' does not exist.",
    );
  });
});
