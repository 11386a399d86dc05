import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServiceKey, succeed, type Credentials } from './support/bindings';
import { call, type Answer } from './support/http';
import { fillIn, readHttpFile } from './support/http-file';
import { alice, LoginBrowser } from './support/login-browser';
import { root, run, startLandscape, type RunningLandscape } from './support/running-landscape';

const LIMIT_MS = 120_000;
const { variables, requests } = readHttpFile(join(root, 'docs', 'requests.http'));

/** docs/requests.http, sent from top to bottom as an editor would, with the values of the running landscape. */
describe('docs/requests.http', () => {
  let landscape: RunningLandscape;
  let ca: string;
  let certificateKey: Credentials;
  let environment: Map<string, string>;
  const answers = new Map<string, Answer>();
  const prompted = new Map<string, string>();

  beforeAll(async () => {
    landscape = await startLandscape({ args: ['--empty'] });
    ca = readFileSync((await landscape.control('trust', '--file')).stdout.trim(), 'utf8');
    await succeed(landscape.cf('create-service', 'xsuaa', 'application', 'mtlsXsuaa', '-c', 'xs-security.json'));
    const withSecrets = '{"xsappname": "grantsxsuaa", "tenant-mode": "dedicated"}';
    await succeed(landscape.cf('create-service', 'xsuaa', 'application', 'grantsXsuaa', '-c', withSecrets));
    await succeed(landscape.cf('create-service', 'destination', 'lite', 'mtlsDestination'));
    certificateKey = await createServiceKey(landscape, {
      instance: 'mtlsXsuaa',
      name: 'rest',
      parameters: { 'credential-type': 'x509' },
    });
    await createServiceKey(landscape, { instance: 'grantsXsuaa', name: 'rest' });
    const parameters = { xsuaa: { 'credential-type': 'binding-secret' } };
    await createServiceKey(landscape, { instance: 'mtlsDestination', name: 'rest', parameters });
    environment = await readVariables(landscape);
  }, LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  it('names every grant with a certificate and with a secret', () => {
    const bodies = requests.map(({ url, body }) => `${url} ${body}`);
    for (const grant of ['client_credentials', 'authorization_code', 'refresh_token', 'jwt-bearer']) {
      const sent = bodies.filter((body) => body.includes(`grant_type=${grant}`) || body.includes(`%3A${grant}`));
      expect(sent.filter((body) => body.startsWith('{{xsuaaCert}}') && !body.includes('client_secret'))).toHaveLength(
        1,
      );
      expect(sent.filter((body) => body.startsWith('{{xsuaa}}') && body.includes('client_secret'))).toHaveLength(1);
    }
  });

  it.each(requests.map((request) => [request.title, request] as const))('%s', async (_title, request) => {
    for (const prompt of request.prompts) prompted.set(prompt, await logIn(prompt));
    const url = fillIn(request.url, valueOf);
    const { certificate, key } = certificateKey as Record<string, string>;
    const shown = url.startsWith(`${environment.get('XSUAA_CERT')}/`) ? { cert: certificate, key } : {};
    const answer = await call(url, {
      method: request.method,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, fillIn(value, valueOf)]),
      ),
      ...(request.body !== undefined && { body: fillIn(request.body, valueOf) }),
      tls: { ca, ...shown },
    });
    expect(`${answer.status} ${answer.text}`).toMatch(/^200 [[{]/);
    answers.set(request.name, answer);
    if (!request.url.endsWith('/oauth/token')) return;
    const granted = JSON.parse(answer.text) as { access_token: string; jti: string };
    const claims = decode(granted.access_token);
    expect(claims['jti']).toBe(granted.jti);
    // RFC 8705 §3: bound wherever the client has proved itself with a certificate, and nowhere else.
    expect('cnf' in claims).toBe('cert' in shown);
  });

  function valueOf(name: string): string | undefined {
    if (name.startsWith('$dotenv ')) return environment.get(name.slice('$dotenv '.length));
    const [, request, member] = /^(\w+)\.response\.body\.(\w+)$/.exec(name) ?? [];
    if (request !== undefined && member !== undefined) {
      return (JSON.parse(answers.get(request)?.text ?? '{}') as Record<string, string>)[member];
    }
    return prompted.get(name) ?? variables.get(name);
  }

  /** What the reader does in the browser. */
  async function logIn(prompt: string): Promise<string> {
    const clientId = prompt === 'secretCode' ? '{{secretClientId}}' : '{{clientId}}';
    const url = `{{xsuaa}}/oauth/authorize?response_type=code&client_id=${clientId}&redirect_uri={{redirectUri}}`;
    const browser = new LoginBrowser(landscape);
    const sentBack = await browser.logIn(await browser.open(fillIn(url, valueOf)), alice, /\/login\/callback/);
    return new URL(sentBack.url).searchParams.get('code') ?? '';
  }
});

/** By the script that the tutorial names, from what `cf service-key` prints. */
async function readVariables(landscape: RunningLandscape): Promise<Map<string, string>> {
  const files = await Promise.all(
    ['mtlsXsuaa', 'grantsXsuaa', 'mtlsDestination'].map(async (instance) => {
      const file = join(landscape.home, `${instance}.txt`);
      writeFileSync(file, await succeed(landscape.cf('service-key', instance, 'rest')), { mode: 0o600 });
      return file;
    }),
  );
  const printed = await succeed(run(process.execPath, [join(root, 'scripts', 'rest-client-variables.mjs'), ...files]));
  return new Map(
    printed
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s, 2) as [string, string]),
  );
}

function decode(jwt: string): Record<string, unknown> {
  const [, payload = ''] = jwt.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}
