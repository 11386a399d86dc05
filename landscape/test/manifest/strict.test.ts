import { join } from 'node:path';
import { findManifestProblems, parseVariable } from '../../src/cf/manifest';
import { ManifestFolder } from './manifest-folder';

const folder = new ManifestFolder();
folder.writeApp('app');
afterAll(() => folder.remove());

function write(lines: string): string {
  return folder.write('manifest.yml', `applications:\n- name: a\n  path: app\n${lines}`);
}

async function find(lines: string): Promise<string[]> {
  const problems = await findManifestProblems({ file: write(lines) });
  return problems.map(({ kind, line, message }) => `${kind} ${line}: ${message}`);
}

describe('findManifestProblems', () => {
  it('finds nothing in a manifest that is right', async () => {
    expect(await find('  memory: 64M\n  disk_quota: 1G\n  env: {ANY: x}\n  metadata: {labels: {any: x}}\n')).toEqual(
      [],
    );
  });

  it.each([
    ['  memroy: 64M\n', '"memroy" is no key of an application, Cloud Foundry would ignore it: do you mean "memory"?'],
    ['  healthCheckType: http\n', 'do you mean "health-check-type"?'],
    ['  disk_qouta: 64M\n', 'do you mean "disk_quota"?'],
    ['  colour: red\n', '"colour" is no key of an application, Cloud Foundry would ignore it'],
    ['  services: [{name: x, params: {}}]\n', '"params" is no key of a service, Cloud Foundry would ignore it'],
    ['  routes: [{route: a.b, protcol: http1}]\n', 'do you mean "protocol"?'],
    ['  processes: [{type: web, comand: x}]\n', 'do you mean "command"?'],
  ])('names the ignored key in %j with its line', async (lines, message) => {
    const [problem, ...others] = await findManifestProblems({ file: write(lines) });
    expect(problem).toMatchObject({ kind: 'ignored', line: 4, file: join(folder.path, 'manifest.yml') });
    expect(problem?.message).toContain(message);
    expect(others).toEqual([]);
  });

  it('names an unknown key of the root, a key that stands twice and an app without path', async () => {
    const file = folder.write('manifest.yml', 'aplications: []\napplications:\n- name: a\n  name: b\n');
    const problems = await findManifestProblems({ file });
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '4: "name" stands twice in the same mapping: only the last one counts',
      '1: "aplications" is no key of a manifest, Cloud Foundry would ignore it: do you mean "applications"?',
      '3: "path" is missing: `cf push` would upload the folder it is typed in',
    ]);
  });

  it('collects what the Cloud Controller would refuse with what it would ignore', async () => {
    expect(await find('  memory: lots\n  timout: 4\n  env: {PORT: 1}\n')).toEqual([
      'ignored 5: "timout" is no key of an application, Cloud Foundry would ignore it: do you mean "timeout"?',
      `invalid 4: For application 'a': Process "web": Memory is not a number`,
      "invalid 6: For application 'a': Env cannot set PORT",
    ]);
  });

  it('names wrong types, a path without a folder and two apps of one name', async () => {
    expect(await find('  instances: two\n')).toEqual(['invalid 4: yaml: cannot unmarshal !!str `two` into int']);
    expect(await find('- name: a\n  path: nowhere\n')).toEqual([
      expect.stringMatching(/^invalid 5: File not found locally/),
      'invalid 4: The application "a" stands twice in the manifest',
    ]);
  });

  it('says how to give a missing variable, and names unused ones with their line in the vars file', async () => {
    const vars = folder.write('vars.yml', 'host: x\nspare: y\n');
    const file = write('  routes: [{route: ((host)).((domain))}]\n');
    expect(await findManifestProblems({ file, varsFiles: [vars] })).toEqual([
      {
        kind: 'invalid',
        message: 'The variable ((domain)) has no value: pass --var domain=VALUE or a vars file that has it',
        file,
        line: 4,
        column: 13,
      },
      {
        kind: 'unused-variable',
        message: 'The manifest does not use the variable "spare"',
        file: vars,
        line: 2,
        column: 1,
      },
    ]);
    expect(await findManifestProblems({ file, vars: ['host=x', 'domain=y.z'].map(parseVariable) })).toEqual([]);
  });

  it('gives one problem for broken YAML and for a manifest that does not exist', async () => {
    expect(await find('  - x\n')).toEqual([expect.stringMatching(/^invalid \d: yaml: line \d: /)]);
    expect(await findManifestProblems({ file: '/nowhere.yml' })).toEqual([
      expect.objectContaining({ message: "The specified path '/nowhere.yml' does not exist.", file: '/nowhere.yml' }),
    ]);
  });
});
