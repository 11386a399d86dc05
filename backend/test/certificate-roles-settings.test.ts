import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigProblems, type ConfigError, type ServiceBinding } from '@mtls/platform';
import { readCertificateRoles } from '../src/certificate-roles-settings';

const content = { certificates: [{ name: 'a', roles: ['inbound.read'], 'x5t#S256': 'A'.repeat(43) }] };
const service: ServiceBinding = { label: 'user-provided', name: 'certificate-roles', tags: [], credentials: content };

describe('readCertificateRoles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roles-'));
  const file = join(folder, 'roles.json');
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => writeFileSync(file, JSON.stringify(content)));

  it('finds none without a setting', () => {
    expect(read({})).toEqual({ found: undefined, problems: [] });
    expect(read({ CERTIFICATE_ROLES_FILE: '' })).toEqual({ found: undefined, problems: [] });
  });

  it('reads them from a file', () => {
    const { found, problems } = read({ CERTIFICATE_ROLES_FILE: file });
    expect(problems).toEqual([]);
    expect(found).toMatchObject({ source: `the file ${file}`, files: [file] });
    expect(found?.roles.pinned.get('A'.repeat(43))?.name).toBe('a');
  });

  it('reads them from the credentials of a user-provided service, and follows the file of the bindings', () => {
    const { found, problems } = read({ CERTIFICATE_ROLES_SERVICE: 'certificate-roles' });
    expect(problems).toEqual([]);
    expect(found).toMatchObject({ source: 'the service "certificate-roles"', files: ['/bindings.json'] });
    expect(read({ CERTIFICATE_ROLES_SERVICE: 'certificate-roles' }, { bindingsFile: undefined }).found?.files).toEqual(
      [],
    );
  });

  it.each([
    [
      'is not there',
      undefined,
      /^CERTIFICATE_ROLES_FILE names the file .*, which cannot be read: put the certificates/,
    ],
    ['holds no JSON', '{"secret', /^CERTIFICATE_ROLES_FILE names the file .*roles\.json, which holds no JSON\.$/],
    [
      'has another shape',
      '{}',
      /^CERTIFICATE_ROLES_FILE: in the file .*roles\.json, certificates is missing or no object\.$/,
    ],
  ])('reports a file that %s', (_name, text, problem) => {
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
    expect(read({ CERTIFICATE_ROLES_FILE: file })).toEqual({
      found: undefined,
      problems: [expect.stringMatching(problem) as string],
    });
  });

  it('reports a service that is not bound, with how to make it', () => {
    expect(read({ CERTIFICATE_ROLES_SERVICE: 'other' }).problems).toEqual([
      'CERTIFICATE_ROLES_SERVICE names the service "other", which is not bound: create it with ' +
        '`cf create-user-provided-service other -p certificate-roles.json`, and bind it.',
    ]);
  });

  it('reports both at once', () => {
    const { problems } = read({ CERTIFICATE_ROLES_FILE: file, CERTIFICATE_ROLES_SERVICE: 'certificate-roles' });
    expect(problems).toEqual([
      'CERTIFICATE_ROLES_FILE and CERTIFICATE_ROLES_SERVICE are both set, and one is meant: unset one of them.',
    ]);
  });

  it('reports an app that has no certificate route, where no certificate could ever arrive', () => {
    expect(read({ CERTIFICATE_ROLES_FILE: file }, { routes: [] }).problems).toEqual([
      expect.stringMatching(/^CERTIFICATE_ROLES_FILE is set, but this app has no certificate route: map one/) as string,
    ]);
  });

  function read(env: NodeJS.ProcessEnv, more: { routes?: readonly string[]; bindingsFile?: string | undefined } = {}) {
    const problems = new ConfigProblems();
    const context = {
      bindings: [service],
      bindingsFile: '/bindings.json',
      routes: ['a.cert.example'],
      ...more,
      problems,
    };
    const found = readCertificateRoles(env, context);
    try {
      problems.throwIfAny();
      return { found, problems: [] };
    } catch (error) {
      return { found, problems: (error as ConfigError).problems };
    }
  }
});
