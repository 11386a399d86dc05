import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startXsuaa, type RunningXsuaa } from './running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let xsuaa: RunningXsuaa;
beforeAll(async () => {
  xsuaa = await startXsuaa();
});
afterAll(() => xsuaa.close());

interface Outcome {
  readonly claims?: Record<string, unknown>;
  readonly error?: string;
}

/** Fetches a token with SAP's library and validates it as another service would; prints what came out. */
const script = `
const { createSecurityContext, XsuaaService } = require('@sap/xssec');
const { client, server, options } = JSON.parse(process.env.INPUT);
(async () => {
  const { access_token } = await new XsuaaService(client).fetchClientCredentialsToken(options);
  const context = await createSecurityContext(new XsuaaService(server), { jwt: access_token });
  return { claims: context.token.payload };
})().catch((error) => ({ error: error.name + ': ' + error.message })).then((outcome) => console.log(JSON.stringify(outcome)));
`;

/** In a process of its own: xssec trusts what Node trusted at its start. */
async function runXssec(client: object, server: object, options: object = {}): Promise<Outcome> {
  const env = {
    PATH: process.env['PATH'],
    NODE_EXTRA_CA_CERTS: xsuaa.ca.rootFile,
    INPUT: JSON.stringify({ client, server, options }),
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env, cwd: process.cwd() });
  return JSON.parse(stdout) as Outcome;
}

describe('@sap/xssec 4', () => {
  const createInstance = (xsappname: string) =>
    xsuaa.createInstance({ xsappname, 'oauth2-configuration': { 'credential-types': ['x509', 'binding-secret'] } });

  it('gets a bound token with an x509 binding and validates it', async () => {
    const { credentials } = await xsuaa.bind(await createInstance('certificate'));
    const { claims } = await runXssec(credentials, credentials);
    expect(claims).toMatchObject({ cid: 'sb-certificate!t1', cnf: { 'x5t#S256': expect.any(String) as string } });
  });

  it('gets a token with an x509 binding for a tenant, where it calls the plain port', async () => {
    const { credentials } = await xsuaa.bind(await createInstance('tenant'));
    xsuaa.journal.clear();
    const { claims } = await runXssec(credentials, credentials, { zid: credentials['zoneid'] });
    expect(claims).toHaveProperty('cnf');
    const calls = xsuaa.journal.entries().filter((entry) => entry.kind === 'request' && entry.method === 'POST');
    expect(calls.map(({ port }) => port)).toEqual([xsuaa.portBase + 444]);
  });

  it('gets a token with a secret and validates it', async () => {
    const instanceId = await createInstance('secret');
    const { credentials } = await xsuaa.bind(instanceId, { 'credential-type': 'binding-secret' });
    const { claims } = await runXssec(credentials, credentials);
    expect(claims).toMatchObject({ cid: 'sb-secret!t1' });
    expect(claims).not.toHaveProperty('cnf');
  });

  it('refuses a token of another application', async () => {
    const { credentials: client } = await xsuaa.bind(await createInstance('client'));
    const { credentials: server } = await xsuaa.bind(await createInstance('server'));
    expect((await runXssec(client, server)).error).toMatch(/^WrongAudienceError/);
  });

  it('is refused once the binding is gone', async () => {
    const instanceId = await createInstance('unbound');
    const { id, credentials } = await xsuaa.bind(instanceId);
    await xsuaa.broker.unbind({ instanceId, bindingId: id });
    expect((await runXssec(credentials, credentials)).error).toMatch(/401/);
  });

  it('accepts the token of a client that was granted a scope', async () => {
    const server = await xsuaa.createInstance({
      xsappname: 'granting',
      scopes: [{ name: '$XSAPPNAME.Job', 'grant-as-authority-to-apps': ['$XSAPPNAME(application,granted)'] }],
    });
    const client = await xsuaa.createInstance({ xsappname: 'granted', authorities: ['$ACCEPT_GRANTED_AUTHORITIES'] });
    const { claims } = await runXssec((await xsuaa.bind(client)).credentials, (await xsuaa.bind(server)).credentials);
    expect(claims).toMatchObject({ scope: ['uaa.resource', 'granting!t1.Job'] });
  });
});
