import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Followed } from '@mtls/platform';
import { readConfig } from '../../src/config';
import type { CertificateRoles } from '../../src/inbound/certificate-roles';
import { followCertificateRoles } from '../../src/inbound/follow-certificate-roles';

const xsuaa = {
  label: 'xsuaa',
  name: 'x',
  tags: ['xsuaa'],
  credentials: { clientid: 'c', xsappname: 'c', uaadomain: 'd' },
};
const a = { name: 'a', roles: ['r'], 'x5t#S256': 'A'.repeat(43) };
const b = { name: 'b', roles: ['r'], 'x5t#S256': 'B'.repeat(43) };

describe('followCertificateRoles', () => {
  const variables = [
    'VCAP_SERVICES_FILE_PATH',
    'CERTIFICATE_ROUTES',
    'CERTIFICATE_ROLES_FILE',
    'CERTIFICATE_ROLES_SERVICE',
  ];
  let folder: string;
  let bindings: string;
  let file: string;
  let log: string;
  let followed: Followed<CertificateRoles>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'follow-roles-'));
    [bindings, file] = [join(folder, 'vcap_services'), join(folder, 'roles.json')];
    log = '';
    process.env['VCAP_SERVICES_FILE_PATH'] = bindings;
    process.env['CERTIFICATE_ROUTES'] = 'a.cert.example';
    bind({ certificates: [a] });
    writeFileSync(file, JSON.stringify({ certificates: [a] }));
  });
  afterEach(() => {
    followed.stop();
    for (const variable of variables) delete process.env[variable];
    rmSync(folder, { recursive: true });
  });

  it('obeys a file that changes, and goes on with what it has while the file cannot be used', async () => {
    process.env['CERTIFICATE_ROLES_FILE'] = file;
    follow();
    expect(names()).toEqual(['a']);
    writeFileSync(file, JSON.stringify({ certificates: [a, b] }));
    await eventually(() => names().length === 2);
    expect(log).toContain('the roles of client certificates have changed');
    writeFileSync(file, '{');
    await eventually(() => followed.isOutdated);
    expect(names()).toEqual(['a', 'b']);
    expect(log).toContain('which holds no JSON');
    writeFileSync(file, JSON.stringify({ certificates: [] }));
    await eventually(() => names().length === 0);
    expect(followed.isOutdated).toBe(false);
  });

  it('obeys a user-provided service whose bindings file changes', async () => {
    process.env['CERTIFICATE_ROLES_SERVICE'] = 'certificate-roles';
    follow();
    expect(names()).toEqual(['a']);
    bind({ certificates: [b] });
    await eventually(() => names()[0] === 'b');
  });

  function bind(credentials: object): void {
    const service = { label: 'user-provided', name: 'certificate-roles', tags: [], credentials };
    writeFileSync(bindings, JSON.stringify({ xsuaa: [xsuaa], 'user-provided': [service] }));
  }

  function follow(): void {
    const { certificateRoles } = readConfig();
    if (certificateRoles === undefined) throw new Error('A setting names them.');
    const logger = createLogger({ component: 'backend', destination: { write: (line) => void (log += line) } });
    followed = followCertificateRoles(certificateRoles, { reloadCheckMs: 20, logger });
  }

  function names(): string[] {
    return [...followed.current.pinned.values()].map(({ name }) => name);
  }
});

async function eventually(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 5 s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
