import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindingsFile, findBindings, readServiceBindings } from '../src/service-bindings';

const xsuaa = {
  label: 'xsuaa',
  name: 'mtlsXsuaa',
  plan: 'application',
  tags: ['xsuaa'],
  credentials: { clientid: 'sb-mtlsxsuaa!t1' },
};
const variables = ['VCAP_SERVICES', 'VCAP_SERVICES_FILE_PATH', 'SERVICE_BINDING_ROOT'];
const destination = { ...xsuaa, label: 'destination', name: 'mtlsDestination', tags: ['destination', 'conn'] };

describe('readServiceBindings', () => {
  const before = { ...process.env };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bindings-'));
    for (const name of variables) delete process.env[name];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    for (const name of variables) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  it('finds nothing when nothing is bound', () => {
    expect(readServiceBindings()).toEqual([]);
  });

  it('reads every binding of VCAP_SERVICES', () => {
    process.env['VCAP_SERVICES'] = JSON.stringify({ xsuaa: [xsuaa], destination: [destination] });
    expect(readServiceBindings().map(({ name }) => name)).toEqual(['mtlsXsuaa', 'mtlsDestination']);
    expect(readServiceBindings()[0]).toEqual(xsuaa);
  });

  it('reads the file of VCAP_SERVICES_FILE_PATH, and prefers it to VCAP_SERVICES', () => {
    process.env['VCAP_SERVICES'] = JSON.stringify({ xsuaa: [xsuaa] });
    process.env['VCAP_SERVICES_FILE_PATH'] = write(JSON.stringify({ destination: [destination] }));
    expect(readServiceBindings().map(({ name }) => name)).toEqual(['mtlsDestination']);
  });

  it('accepts an entry without tags and with a null plan, as user-provided services have', () => {
    const { tags: _tags, ...bare } = xsuaa;
    process.env['VCAP_SERVICES'] = JSON.stringify({ 'user-provided': [{ ...bare, plan: null }] });
    expect(readServiceBindings()).toEqual([{ ...bare, plan: null, tags: [] }]);
  });

  it('names the variable when it is no JSON, without quoting its content', () => {
    process.env['VCAP_SERVICES'] = '{"xsuaa":[{"credentials":{"clientsecret":"TOP-SECRET" oops}}]}';
    expect(readServiceBindings).toThrow(
      /Environment variable VCAP_SERVICES is not a valid JSON string\. Give the JSON/,
    );
    expect(readServiceBindings).not.toThrow(/SECRET|oops/);
  });

  it('names the file when it is no JSON, without quoting its content', () => {
    const file = write('clientsecret=TOP-SECRET');
    process.env['VCAP_SERVICES_FILE_PATH'] = file;
    expect(readServiceBindings).toThrow(new RegExp(`VCAP_SERVICES_FILE_PATH: ${file}\\. Give the JSON`));
    expect(readServiceBindings).not.toThrow(/SECRET/);
  });

  it('says so when the file of VCAP_SERVICES_FILE_PATH does not exist', () => {
    process.env['VCAP_SERVICES_FILE_PATH'] = join(folder, 'absent');
    expect(readServiceBindings).toThrow(/The service bindings cannot be read: .*absent.*ENOENT/);
  });

  it('refuses the layout of the app feature service-binding-k8s, and names the one to use', () => {
    mkdirSync(join(folder, 'mtlsXsuaa'));
    for (const [name, text] of Object.entries({ type: 'xsuaa', provider: 'xsuaa', clientid: 'sb-a!t1' }))
      writeFileSync(join(folder, 'mtlsXsuaa', name), text);
    process.env['SERVICE_BINDING_ROOT'] = folder;
    expect(readServiceBindings).toThrow(/"label".* use the app feature file-based-vcap-services in its place\.$/);
  });

  it.each([
    ['{"xsuaa":[null]}', /wrong shape/],
    ['{"xsuaa":"mtlsXsuaa"}', /"label" is not what Cloud Foundry writes|\(entry\)/],
    [JSON.stringify({ xsuaa: [{ ...xsuaa, name: undefined }] }), /"name" is not what Cloud Foundry writes/],
    [JSON.stringify({ xsuaa: [{ ...xsuaa, tags: 'xsuaa' }] }), /"tags" is not what .* expected Array/],
    [JSON.stringify({ xsuaa: [{ ...xsuaa, credentials: 'secret' }] }), /"credentials" is not what .* expected Object/],
  ])('refuses %s as no shape of Cloud Foundry', (text, message) => {
    process.env['VCAP_SERVICES'] = text;
    expect(readServiceBindings).toThrow(message);
  });

  function write(content: string): string {
    const file = join(folder, 'vcap-services.json');
    writeFileSync(file, content);
    return file;
  }
});

describe('bindingsFile', () => {
  it.each([
    [{ VCAP_SERVICES_FILE_PATH: '/etc/cf-service-bindings/vcap_services' }, '/etc/cf-service-bindings/vcap_services'],
    [{ VCAP_SERVICES_FILE_PATH: '' }, undefined],
    [{}, undefined],
  ])('of %j is %s', (env, file) => {
    expect(bindingsFile(env)).toBe(file);
  });
});

describe('findBindings', () => {
  const bindings = [xsuaa, destination];

  it.each([
    [{ tag: 'conn' }, ['mtlsDestination']],
    [{ label: 'xsuaa' }, ['mtlsXsuaa']],
    [{ name: 'mtlsDestination' }, ['mtlsDestination']],
    [{ tag: 'identity' }, []],
  ])('finds %j', (query, names) => {
    expect(findBindings(bindings, query).map(({ name }) => name)).toEqual(names);
  });

  it('returns every match, so that a caller can refuse two', () => {
    expect(findBindings([xsuaa, { ...xsuaa, name: 'other' }], { tag: 'xsuaa' })).toHaveLength(2);
  });
});
