import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getJson } from '../support/http';
import type { AppJson } from '../support/app-json';
import { root, run, startLandscape, type RunningLandscape } from '../support/running-landscape';

const LIMIT_MS = 120_000;
const folder = join(root, 'test', 'peers');

interface Found {
  readonly status: number;
  readonly body: { readonly message: string; readonly claims: Record<string, unknown> };
  readonly owner?: { readonly SubaccountId: string };
}

/** Clients that we did not write, unmodified, against what `npm start` deploys. */
describe('the landscape serves', () => {
  let landscape: RunningLandscape;
  let rootFile: string;

  beforeAll(async () => {
    landscape = await startLandscape();
    rootFile = (await landscape.control('trust', '--file')).stdout.trim();
  }, LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  describe.each(['x509', 'binding-secret'])('with a %s key of the Destination Service', (type) => {
    let credentials: Record<string, unknown>;

    beforeAll(async () => {
      const key = `peer-${type}`;
      const parameters = JSON.stringify({ xsuaa: { 'credential-type': type } });
      await landscape.cf('create-service-key', 'mtlsDestination', key, '-c', parameters);
      credentials = await serviceKey('mtlsDestination', key);
      expect(credentials['credential-type']).toBe(type);
    }, LIMIT_MS);

    it.each([
      ['@sap/xssec 4.15', 'xssec-4.js'],
      ['@sap/xssec 3.6.2', 'xssec-3.js'],
      ['@sap-cloud-sdk/http-client 4.9', 'cloud-sdk.js'],
    ])(
      '%s: it resolves destination_to_mtlsapp and the backend answers',
      async (_name, script) => {
        const { status, body } = await runClient<Found>(script, {
          DESTINATION_CREDENTIALS: JSON.stringify(credentials),
          VCAP_SERVICES: JSON.stringify({
            destination: [
              {
                label: 'destination',
                name: 'mtlsDestination',
                instance_name: 'mtlsDestination',
                plan: 'lite',
                tags: ['destination', 'conn', 'connsvc'],
                credentials,
              },
            ],
          }),
        });
        expect(status).toBe(200);
        expect(body.message).toBe('Backend app successfully called.');
        expect(body.claims).toHaveProperty(['cnf', 'x5t#S256']);
      },
      LIMIT_MS,
    );
  });

  it(
    '@sap/xssec 3.6.2 as a resource server: it accepts a token of XSUAA',
    async () => {
      await landscape.cf('create-service-key', 'mtlsXsuaa', 'peer', '-c', '{"credential-type":"x509"}');
      const xsuaa = await serviceKey('mtlsXsuaa', 'peer');
      const answer = await runClient<{ clientId: string }>('xssec-3-backend.js', {
        XSUAA_CREDENTIALS: JSON.stringify(xsuaa),
      });
      expect(answer.clientId).toBe(xsuaa['clientid']);
    },
    LIMIT_MS,
  );

  it('and our own frontend beside them', async () => {
    const { status, body } = await getJson<AppJson>(`${landscape.url('frontend')}/app`);
    expect(status).toBe(200);
    expect(body.backend?.status).toBe(200);
  });

  async function serviceKey(instance: string, key: string): Promise<Record<string, unknown>> {
    const { stdout } = await landscape.cf('service-key', instance, key);
    const { credentials } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { credentials: Record<string, unknown> };
    return credentials;
  }

  async function runClient<T>(script: string, variables: Readonly<Record<string, string>>): Promise<T> {
    const env = {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: rootFile,
      DESTINATION_NAME: 'destination_to_mtlsapp',
      ...variables,
    };
    const result = await run(process.execPath, [join(folder, 'clients', script)], { cwd: folder, env });
    expect(result).toMatchObject({ code: 0 });
    // The clients print one line of JSON at the end; the Cloud SDK logs before it.
    const lines = result.stdout.trim().split('\n');
    return JSON.parse(lines.at(-1) ?? '') as T;
  }
});

describe('the Node binaries that the apps are tested on', () => {
  it.each(['node22', 'node24'])('include %s where npm has them', (name) => {
    const available = process.platform === 'linux' && process.arch === 'x64';
    expect(existsSync(join(folder, 'node_modules', name, 'bin', 'node'))).toBe(available);
  });
});
