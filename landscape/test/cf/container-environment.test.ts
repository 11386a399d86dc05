import { readFile, stat } from 'node:fs/promises';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudController } from '../../src/cf/controller';
import { spec, TestApps } from './test-apps';

// Processes start slowly where everything else runs at the same time.
jest.setTimeout(30_000);

describe("the environment of an app's container", () => {
  let apps: TestApps;
  let controller: CloudController;

  beforeEach(async () => {
    apps = await TestApps.start();
    ({ controller } = apps.test);
  });

  afterEach(() => apps.test.stop());

  it("gives the container Cloud Foundry's environment and nothing of the developer's", async () => {
    process.env['LANDSCAPE_TEST_MARKER'] = 'must not leak';
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa', tags: ['mine'] });
    await controller.createService({ offering: 'destination', plan: 'application', name: 'other' });
    await apps.push({
      ...spec,
      env: { OWN: 'value', PORT: '1' },
      services: [{ name: 'mtlsXsuaa', parameters: { 'credential-type': 'x509' } }],
    });
    delete process.env['LANDSCAPE_TEST_MARKER'];
    const { env, cwd } = await apps.see();
    const [, version] = /"version":"([0-9a-f-]{36})"/.exec(env['VCAP_APPLICATION'] ?? '') ?? [];
    const port = String(apps.test.portBase + 101);
    expect(env).toMatchObject({
      OWN: 'value',
      PORT: port,
      VCAP_APP_PORT: port,
      HOST: '127.0.0.1',
      LANG: 'en_US.UTF-8',
      USER: 'vcap',
      NODE_ENV: 'production',
      MEMORY_LIMIT: '128m',
      MEMORY_AVAILABLE: '128',
      INSTANCE_INDEX: '0',
      CF_INSTANCE_INDEX: '0',
      CF_INSTANCE_ADDR: `127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: apps.test.caFile,
    });
    expect(env['HOME']).toBe(cwd);
    expect(env['TMPDIR']).not.toBe(env['HOME']);
    expect(env).not.toHaveProperty('LANDSCAPE_TEST_MARKER');
    expect(env).not.toHaveProperty('JEST_WORKER_ID');
    expect(env['VCAP_APPLICATION']).toBe(
      JSON.stringify({
        application_id: (await controller.app('backend')).guid,
        application_name: 'backend',
        application_uris: ['backend-x.cfapps.test.example'],
        application_version: version,
        cf_api: 'https://api.cf.test.example',
        host: '0.0.0.0',
        instance_id: env['INSTANCE_GUID'],
        instance_index: 0,
        limits: { disk: 256, fds: 16384, mem: 128 },
        name: 'backend',
        organization_id: 'org-guid',
        organization_name: 'org',
        port: Number(port),
        process_id: (await controller.app('backend')).guid,
        process_type: 'web',
        space_id: 'space-guid',
        space_name: 'dev',
        uris: ['backend-x.cfapps.test.example'],
        version: version,
      }),
    );
    const [binding] = controller.bindings('backend');
    expect(env['VCAP_SERVICES']).toBe(
      JSON.stringify({
        xsuaa: [
          {
            label: 'xsuaa',
            provider: null,
            plan: 'application',
            name: 'mtlsXsuaa',
            tags: ['xsuaa', 'mine'],
            instance_guid: controller.service('mtlsXsuaa').guid,
            instance_name: 'mtlsXsuaa',
            binding_guid: binding?.bindingGuid,
            binding_name: null,
            credentials: { clientid: `client-${binding?.bindingGuid}`, 'credential-type': 'x509' },
            syslog_drain_url: null,
            volume_mounts: [],
          },
        ],
      }),
    );
  });

  it('delivers the bindings in a file that only the owner can read, when the feature is set', async () => {
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' });
    await apps.push({ ...spec, services: [{ name: 'mtlsXsuaa' }], features: { 'file-based-vcap-services': true } });
    const { env } = await apps.see();
    expect(env).not.toHaveProperty('VCAP_SERVICES');
    const file = env['VCAP_SERVICES_FILE_PATH'] ?? '';
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ xsuaa: [{ name: 'mtlsXsuaa' }] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await controller.stopApp('backend');
    expect(existsSync(file)).toBe(false);
  });

  it('delivers the newest bindings to running instances, and to those that start later, without a restart', async () => {
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' });
    await apps.push({ ...spec, services: [{ name: 'mtlsXsuaa' }], features: { 'file-based-vcap-services': true } });
    const { env, pid } = await apps.see();
    const file = env['VCAP_SERVICES_FILE_PATH'] ?? '';
    const before = await readFile(file, 'utf8');
    await controller.bindService({ app: 'backend', service: 'mtlsXsuaa', strategy: 'multiple' });
    expect(await readFile(file, 'utf8')).toBe(before);

    expect(await controller.deliverBindings('backend')).toBe(1);
    const after = await readFile(file, 'utf8');
    const [, newest] = controller.bindings('backend').map(({ bindingGuid }) => bindingGuid);
    expect(after).not.toBe(before);
    expect(JSON.parse(after)).toMatchObject({ xsuaa: [{ binding_guid: newest }] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await apps.see()).pid).toBe(pid);

    await fetch(`${apps.test.router.address('backend-x.cfapps.test.example')?.url}/crash`);
    const restarted = await apps.seeAnother(pid);
    expect(await readFile(restarted.env['VCAP_SERVICES_FILE_PATH'] ?? '', 'utf8')).toBe(after);
  });

  it('delivers no bindings to an app that has them in a variable, and none to one that is not running', async () => {
    await apps.push(spec);
    await expect(controller.deliverBindings('backend')).rejects.toThrow(
      /VCAP_SERVICES, .* Set the app feature file-based-vcap-services/,
    );
    await controller.stopApp('backend');
    await expect(controller.deliverBindings('backend')).rejects.toThrow("App 'backend' has no running instance.");
    await expect(controller.deliverBindings('nope')).rejects.toThrow("App 'nope' not found.");
  });

  it('replaces an https URL of a mapped route in a variable, and says so', async () => {
    const env = {
      BACKEND_URL: 'https://backend-x.cfapps.test.example/endpoint',
      DESTINATIONS: '[{"url":"https://backend-x.cert.cfapps.test.example"}]',
      FOREIGN: 'https://backend-x.cfapps.test.example.evil.test',
      OTHER: 'https://other.cfapps.test.example',
    };
    await apps.push({ ...spec, env, routes: [...(spec.routes ?? []), 'backend-x.cert.cfapps.test.example'] });
    const seen = await apps.see();
    const [plain, certificate] = [apps.test.portBase + 1, apps.test.portBase + 443];
    expect(seen.env['BACKEND_URL']).toBe(`http://localhost:${plain}/endpoint`);
    expect(seen.env['DESTINATIONS']).toBe(`[{"url":"https://localhost:${certificate}"}]`);
    expect([seen.env['FOREIGN'], seen.env['OTHER']]).toEqual([env.FOREIGN, env.OTHER]);
    expect(controller.localAddresses('backend').map(({ variable }) => variable)).toEqual([
      'BACKEND_URL',
      'DESTINATIONS',
    ]);
    expect(controller.environment('backend').userProvided['BACKEND_URL']).toBe(env.BACKEND_URL);
  });

  it('shows a changed variable to the app only after a restart', async () => {
    await apps.push();
    controller.setEnv('backend', 'LATE', '1');
    expect((await apps.see()).env).not.toHaveProperty('LATE');
    await controller.restartApp('backend');
    expect((await apps.see()).env['LATE']).toBe('1');
    expect([controller.unsetEnv('backend', 'LATE'), controller.unsetEnv('backend', 'LATE')]).toEqual([true, false]);
    expect(() => controller.setEnv('backend', 'PORT', '1')).toThrow('Var cannot set PORT');
    expect(() => controller.setEnv('backend', 'VCAP_SERVICES', '1')).toThrow('Var cannot start with VCAP_');
  });

  it('explains a container whose environment is too large for the system', async () => {
    if (process.platform !== 'linux') return;
    const large = { ...spec, env: { LARGE: 'x'.repeat(200_000) } };
    await expect(apps.push(large)).rejects.toMatchObject({ code: 'start-unsuccessful' });
    const { process: web } = await controller.app('backend');
    expect(web.instances[0]?.details).toMatch(
      /^The environment is too large for this system: .*file-based-vcap-services/,
    );
    expect(readdirSync(join(apps.test.workFolder, 'containers'))).toEqual([]);
  });

  it('runs in the folder that HOME names', async () => {
    await apps.push();
    const { cwd, env } = await apps.see();
    expect(realpathSync(env['PWD'] ?? '')).toBe(cwd);
  });
});
