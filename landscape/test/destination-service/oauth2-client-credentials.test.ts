import { randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import type { JsonObject } from '../../src/broker';
import { CertificateAuthority, type IssuedClient } from '../../src/ca/certificate-authority';
import { until } from '../support/until';
import { encryptKey, issueClient, thumbprintOf, toContent, toPkcs12 } from './keystores';
import { startDestinationService, type Answer, type RunningDestinationService } from './running-destination-service';
import { sendJson, startTokenServer, tokenResponse, type TokenServer } from './token-server';

let running: RunningDestinationService;
let server: TokenServer;
let client: IssuedClient;
let other: IssuedClient;
beforeAll(async () => {
  running = await startDestinationService();
  [client, other] = [await issueClient(running.ca), await issueClient(running.ca, 'other')];
  server = await startTokenServer(running.ca);
});
afterAll(async () => {
  await server.close();
  await running.close();
});
const defaultAnswer = (): TokenServer['answer'] => (res) =>
  sendJson(res, 200, tokenResponse(`token-${server.seen.length}`));
beforeEach(() => {
  server.seen.length = 0;
  server.answer = defaultAnswer();
});

interface AuthToken {
  readonly type: string;
  readonly value: string;
  readonly http_header?: { key: string; value: string };
  readonly expires_in?: string;
  readonly scope?: string;
  readonly error?: string;
}

function base() {
  return {
    Name: `destination-${randomUUID()}`,
    Type: 'HTTP',
    URL: 'https://backend.example',
    ProxyType: 'Internet',
    Authentication: 'OAuth2ClientCredentials',
    clientId: 'sb-client!t1',
    tokenServiceURLType: 'Dedicated',
    tokenServiceURL: server.url,
  };
}

const secret = { clientSecret: 'geheim' };

/** Creates a destination on instance level and returns its name. */
async function create(properties: JsonObject): Promise<string> {
  const destination = { ...base(), ...properties };
  const answer = await running.call({ method: 'POST', path: '/v1/instanceDestinations', body: destination });
  expect(answer).toMatchObject({ status: 201, text: '' });
  return destination.Name;
}

async function upload(name: string, file: string | Buffer, method = 'POST'): Promise<void> {
  const body = { Name: name, Type: 'CERTIFICATE', Content: toContent(file) };
  const answer = await running.call({ method, path: '/v1/instanceCertificates', body });
  expect([200, 201]).toContain(answer.status);
}

const find = (name: string, headers: Record<string, string> = {}): Promise<Answer> =>
  running.call({ path: `/v1/destinations/${name}`, headers });

async function findToken(name: string, headers: Record<string, string> = {}): Promise<AuthToken> {
  const answer = await find(name, headers);
  expect(answer.status).toBe(200);
  const { authTokens } = answer.json as { authTokens: AuthToken[] };
  expect(authTokens).toHaveLength(1);
  return authTokens[0] as AuthToken;
}

async function findError(name: string, headers: Record<string, string> = {}): Promise<string> {
  const token = await findToken(name, headers);
  expect(token).toEqual({ type: '', value: '', error: expect.any(String) as string, expires_in: '0' });
  return token.error ?? '';
}

describe('with a client secret', () => {
  it('sends client id and secret in the body and returns the token ready to be sent', async () => {
    const token = await findToken(await create(secret));
    expect(server.seen[0]?.form).toEqual({
      grant_type: 'client_credentials',
      client_id: 'sb-client!t1',
      client_secret: 'geheim',
    });
    expect(server.seen[0]).not.toHaveProperty('thumbprint');
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
    expect(token).toEqual({
      type: 'Bearer',
      value: 'token-1',
      http_header: { key: 'Authorization', value: 'Bearer token-1' },
      expires_in: expect.stringMatching(/^3(600|599)$/) as string,
      scope: 'a.read a.write',
    });
  });

  it('sends them in the header when the destination says so', async () => {
    await findToken(await create({ ...secret, 'tokenService.addClientCredentialsInBody': 'false' }));
    expect(server.seen[0]?.form).toEqual({ grant_type: 'client_credentials' });
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${toContent('sb-client!t1:geheim')}`);
  });

  it('prefers tokenServiceUser and tokenServicePassword in the header', async () => {
    const own = { tokenServiceUser: 'user', tokenServicePassword: 'pass' };
    await findToken(await create({ ...secret, ...own, 'tokenService.addClientCredentialsInBody': 'false' }));
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${toContent('user:pass')}`);
  });

  it('adds scope, body, header and query properties', async () => {
    await findToken(
      await create({
        ...secret,
        scope: 'a.read',
        'tokenService.body.resource': 'urn:x',
        'tokenServiceURL.headers.x-zid': 'zone',
        'tokenServiceURL.queries.tenant': 'a b',
      }),
    );
    expect(server.seen[0]?.form).toMatchObject({ scope: 'a.read', resource: 'urn:x' });
    expect(server.seen[0]?.headers['x-zid']).toBe('zone');
    expect(server.seen[0]?.path).toBe('/oauth/token?tenant=a+b');
  });

  it('fetches no token when told to skip it', async () => {
    const name = await create(secret);
    const answer = await running.call({ path: `/v1/destinations/${name}?$skipTokenRetrieval=true` });
    expect(answer.json).not.toHaveProperty('authTokens');
    expect(answer.json).not.toHaveProperty('certificates');
    expect(server.seen).toHaveLength(0);
  });
});

describe('with a keystore', () => {
  const keystore = (name: string): JsonObject => ({ 'tokenService.KeyStoreLocation': name });

  it.each([
    ['key first', (key: string, chain: string[]) => [key, ...chain]],
    ['key last', (key: string, chain: string[]) => [...chain, key]],
    ['the chain upside down', (key: string, chain: string[]) => [...chain.toReversed(), key]],
  ])('shows the certificate of a PEM file with %s and sends client_id, but no secret', async (_order, arrange) => {
    const name = `${randomUUID()}.pem`;
    const chain = client.certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
    await upload(name, arrange(client.key, chain).join(''));
    await findToken(await create(keystore(name)));
    expect(server.seen[0]?.thumbprint).toBe(thumbprintOf(client.leaf));
    expect(server.seen[0]?.form).toEqual({ grant_type: 'client_credentials', client_id: 'sb-client!t1' });
  });

  it('shows the certificate that the key belongs to when the file holds several', async () => {
    const name = `${randomUUID()}.crt`;
    await upload(name, other.certificate + client.key + client.certificate);
    await findToken(await create(keystore(name)));
    expect(server.seen[0]?.thumbprint).toBe(thumbprintOf(client.leaf));
  });

  it('opens PKCS#12 with its password', async () => {
    const name = `${randomUUID()}.p12`;
    await upload(name, toPkcs12(client, 'geheim'));
    await findToken(await create({ ...keystore(name), 'tokenService.KeyStorePassword': 'geheim' }));
    expect(server.seen[0]?.thumbprint).toBe(thumbprintOf(client.leaf));
  });

  it('says what is wrong with the password of a PKCS#12 file', async () => {
    const name = `${randomUUID()}.pfx`;
    await upload(name, toPkcs12(client, 'geheim'));
    expect(await findError(await create(keystore(name)))).toBe(
      `Retrieval of OAuthToken failed due to: the keystore '${name}' is PKCS#12 and tokenService.KeyStorePassword is missing`,
    );
    expect(await findError(await create({ ...keystore(name), 'tokenService.KeyStorePassword': 'x' }))).toContain(
      'tokenService.KeyStorePassword is wrong',
    );
    expect(server.seen).toHaveLength(0);
  });

  it('opens an encrypted PEM key with its password, and says so where it is missing or wrong', async () => {
    const name = `${randomUUID()}.pem`;
    await upload(name, encryptKey(client.key, 'geheim') + client.certificate);
    const password = (value: string): JsonObject => ({ ...keystore(name), 'tokenService.KeyStorePassword': value });
    expect((await findToken(await create(password('geheim')))).value).toBe('token-1');
    expect(await findError(await create(keystore(name)))).toContain('tokenService.KeyStorePassword is missing');
    expect(await findError(await create(password('x')))).toContain('is tokenService.KeyStorePassword wrong?');
  });

  it('ignores a password that a PEM file does not need', async () => {
    const name = `${randomUUID()}.pem`;
    await upload(name, client.key + client.certificate);
    await findToken(await create({ ...keystore(name), 'tokenService.KeyStorePassword': 'superfluous' }));
    expect(server.seen[0]?.thumbprint).toBe(thumbprintOf(client.leaf));
  });

  it('reports a keystore that does not exist on the level of the destination', async () => {
    const body = { Name: 'on-subaccount.pem', Content: toContent(client.certificate) };
    await running.call({ method: 'POST', path: '/v1/subaccountCertificates', body });
    expect(await findError(await create(keystore('on-subaccount.pem')))).toBe(
      "Retrieval of OAuthToken failed due to: there is no keystore 'on-subaccount.pem' on instance level, where the destination is (tokenService.KeyStoreLocation)",
    );
    expect(await running.lastNote()).toContain('there is no certificate on-subaccount.pem on that level');
  });

  it('reports a key that belongs to no certificate, a missing key and a missing certificate', async () => {
    const cases: [string, string][] = [
      [client.key + other.certificate, 'the private key belongs to none of the certificates'],
      [client.certificate, 'holds no private key'],
      [client.key, 'holds no certificate'],
    ];
    for (const [file, cause] of cases) {
      const name = `${randomUUID()}.pem`;
      await upload(name, file);
      expect(await findError(await create(keystore(name)))).toContain(cause);
    }
  });

  it('reports an expired certificate with its date', async () => {
    const name = `${randomUUID()}.pem`;
    await upload(name, client.key + client.certificate);
    const destination = await create(keystore(name));
    running.clock.offsetMs = 8 * 86_400_000;
    try {
      const token = await running.fetchToken(running.credentials);
      const answer = await running.call({ path: `/v1/destinations/${destination}`, token });
      expect(answer.text).toContain(`has expired on ${new Date(client.leaf.validTo).toISOString()}`);
    } finally {
      running.clock.offsetMs = 0;
    }
    expect(server.seen).toHaveLength(0);
  });

  it('recognises a Java keystore and says how to convert it', async () => {
    const name = `${randomUUID()}.jks`;
    await upload(name, Buffer.from('feedfeed0000000200000000', 'hex'));
    expect(await findError(await create({ ...keystore(name), 'tokenService.KeyStorePassword': 'x' }))).toContain(
      `keytool -importkeystore -srckeystore ${name}`,
    );
  });

  it('returns the keystore, private key included, when token retrieval is skipped', async () => {
    const name = `${randomUUID()}.pem`;
    await upload(name, client.key + client.certificate);
    const destination = await create(keystore(name));
    const answer = await running.call({ path: `/v1/destinations/${destination}?$skipTokenRetrieval=true` });
    expect(answer.json).not.toHaveProperty('authTokens');
    expect(answer.json).toMatchObject({
      certificates: [{ Name: name, Type: 'CERTIFICATE', Content: toContent(client.key + client.certificate) }],
    });
    expect((await find(destination)).json).not.toHaveProperty('certificates');
  });

  it('needs an https token service URL', async () => {
    const name = `${randomUUID()}.pem`;
    await upload(name, client.key + client.certificate);
    const error = await findError(await create({ ...keystore(name), tokenServiceURL: 'http://localhost:1/token' }));
    expect(error).toContain('needs an https URL');
  });
});

describe('the token service URL', () => {
  it('is used as it is when Dedicated, and then X-tenant is an error', async () => {
    const error = await findError(await create(secret), { 'x-tenant': 'mytenant' });
    expect(error).toContain('You must not send the X-tenant header when the tokenServiceURLType property is Dedicated');
  });

  it('gets the tenant as first label of its host when Common', async () => {
    await findToken(await create({ ...secret, tokenServiceURLType: 'Common' }), { 'x-tenant': 'mytenant' });
    expect(server.seen[0]?.host).toBe(`mytenant.localhost:${server.port}`);
  });

  it('gets the tenant in place of {tenant} when Common', async () => {
    const tokenServiceURL = server.url.replace('/oauth', '/tenant/{tenant}/oauth');
    const name = await create({ ...secret, tokenServiceURLType: 'Common', tokenServiceURL });
    await findToken(name, { 'x-tenant': 'mytenant' });
    expect(server.seen[0]).toMatchObject({
      host: `localhost:${server.port}`,
      path: '/tenant/mytenant/oauth/token',
    });
  });

  it('needs the header X-tenant when Common', async () => {
    expect(await findError(await create({ ...secret, tokenServiceURLType: 'Common' }))).toBe(
      'Retrieval of OAuthToken failed due to: You must send the X-tenant header when the tokenServiceURLType property is Common',
    );
  });

  it('cannot be led to another host by the tenant', async () => {
    const name = await create({ ...secret, tokenServiceURLType: 'Common' });
    expect(await findError(name, { 'x-tenant': 'evil.example/' })).toContain('must be the subdomain of a tenant');
    expect(server.seen).toHaveLength(0);
  });

  it('may not be private when the service behaves as in the cloud', async () => {
    const name = await create(secret);
    running.service.setBehaviour({ refusePrivateTokenUrls: true });
    try {
      expect(await findError(name)).toContain(
        'the host localhost of the token service URL is private and cannot be reached with ProxyType Internet',
      );
    } finally {
      running.service.setBehaviour({ refusePrivateTokenUrls: false });
    }
    expect((await findToken(name)).value).toBe('token-1');
  });

  it('is reported when it is no URL', async () => {
    expect(await findError(await create({ ...secret, tokenServiceURL: 'localhost/oauth' }))).toContain(
      'the token service URL "localhost/oauth" is no https URL',
    );
  });
});

describe('a token service that gives no token', () => {
  it('refuses the client: its own words are passed on', async () => {
    server.answer = (res) => sendJson(res, 401, { error: 'invalid_client', error_description: 'Bad credentials' });
    expect(await findError(await create(secret))).toBe('Bad credentials');
  });

  it('has nothing at the URL: the status is reported with the hint that a path belongs to it', async () => {
    server.answer = (res) => void res.writeHead(404).end('<h1>Not\n Found</h1>');
    const error = await findError(await create(secret));
    expect(error).toContain(`${server.url}: it answered 404 Not Found.`);
    expect(error).toContain('certurl + /oauth/token');
    expect(error).toContain('Response was: <h1>Not Found</h1>');
  });

  it('answers with something else than a token response: only its shape is shown, it may hold a token', async () => {
    server.answer = (res) => sendJson(res, 200, { id_token: 'eyJ-secret', token_type: 'bearer' });
    const error = await findError(await create(secret));
    expect(error).toContain('is no token response: its members are id_token, token_type');
    expect(error).not.toContain('eyJ-secret');
    server.answer = (res) => void res.end('eyJ-secret');
    expect(await findError(await create(secret))).toMatch(/is no token response: it is no JSON object$/);
  });

  it('redirects: that is not followed', async () => {
    server.answer = (res) => void res.writeHead(302, { location: '/elsewhere' }).end();
    expect(await findError(await create(secret))).toContain('it answered 302 Found');
    expect(server.seen).toHaveLength(1);
  });

  it('does not exist', async () => {
    const name = await create({ ...secret, tokenServiceURL: 'https://no-such-host.invalid/oauth/token' });
    expect(await findError(name)).toContain('the host name no-such-host.invalid cannot be resolved');
  });

  it('does not listen', async () => {
    const stopped = await startTokenServer(running.ca);
    await stopped.close();
    expect(await findError(await create({ ...secret, tokenServiceURL: stopped.url }))).toContain(
      `nothing listens on localhost:${stopped.port} (connection refused)`,
    );
  });

  it('does not answer in time', async () => {
    server.answer = () => undefined;
    const name = await create({ ...secret, 'tokenServiceURL.SocketReadTimeoutInSeconds': '1' });
    expect(await findError(name)).toContain(`localhost:${server.port} did not answer within 1 s`);
  });

  it('closes the connection', async () => {
    server.answer = (res) => res.destroy();
    expect(await findError(await create(secret))).toContain('socket hang up');
  });

  it('has a certificate that nobody trusts', async () => {
    const foreign = await openForeignAuthority();
    const untrusted = await startTokenServer(foreign);
    try {
      expect(await findError(await create({ ...secret, tokenServiceURL: untrusted.url }))).toContain(
        "Failed to create SSL connection: the server's certificate is not trusted",
      );
    } finally {
      await untrusted.close();
    }
  });

  it('demands a client certificate that the destination does not name', async () => {
    const demanding = await startTokenServer(running.ca, { demandCertificate: true });
    try {
      expect(await findError(await create({ ...secret, tokenServiceURL: demanding.url }))).toContain(
        'Failed to create SSL connection: the server asks for a client certificate',
      );
    } finally {
      await demanding.close();
    }
  });

  it('is to be authenticated to by assertion, which this landscape does not do', async () => {
    const headers = { 'x-client-assertion': 'x', 'x-client-assertion-type': 'y' };
    expect(await findError(await create(secret), headers)).toContain('no tokens with client assertions');
  });
});

describe('the cache of the service', () => {
  it('returns the same token again, with the time that is left', async () => {
    const name = await create(secret);
    await findToken(name);
    running.clock.offsetMs = 600_000;
    try {
      expect(await findToken(name)).toMatchObject({
        value: 'token-1',
        expires_in: expect.stringMatching(/^(3000|29\d\d)$/) as string,
      });
    } finally {
      running.clock.offsetMs = 0;
    }
    expect(await running.lastNote()).toContain('token from the cache');
    expect(server.seen).toHaveLength(1);
  });

  it('causes one call for many finds at once', async () => {
    const name = await create(secret);
    server.answer = (res) => void setTimeout(() => sendJson(res, 200, tokenResponse('one')), 50);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => findToken(name)));
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(['one']));
    expect(server.seen).toHaveLength(1);
  });

  it('gets a new token shortly before the old one expires, and keeps that while the token service is down', async () => {
    const name = await create(secret);
    await findToken(name);
    try {
      running.clock.offsetMs = 3_570_000;
      server.answer = (res) => void res.writeHead(503).end();
      expect((await findToken(name)).value).toBe('token-1');
      expect(await running.lastNote()).toContain('renewing it');
      server.answer = defaultAnswer();
      expect(await findToken(name)).toMatchObject({ value: 'token-3' });
    } finally {
      running.clock.offsetMs = 0;
    }
  });

  it('does not keep failures', async () => {
    const name = await create(secret);
    server.answer = (res) => void res.writeHead(500).end();
    await findError(name);
    server.answer = defaultAnswer();
    expect((await findToken(name)).value).toBe('token-2');
  });

  it('forgets the token when the destination or its keystore changes', async () => {
    const keystoreName = `${randomUUID()}.pem`;
    await upload(keystoreName, client.key + client.certificate);
    const name = await create({ 'tokenService.KeyStoreLocation': keystoreName });
    await findToken(name);
    await upload(keystoreName, other.key + other.certificate, 'PUT');
    expect((await findToken(name)).value).toBe('token-2');
    expect(server.seen[1]?.thumbprint).toBe(thumbprintOf(other.leaf));
    const changed = { ...base(), Name: name, 'tokenService.KeyStoreLocation': keystoreName, scope: 'a.read' };
    await running.call({ method: 'PUT', path: '/v1/instanceDestinations', body: changed });
    expect((await findToken(name)).value).toBe('token-3');
  });

  it('keeps the token of the old keystore when the service behaves so', async () => {
    const keystoreName = `${randomUUID()}.pem`;
    await upload(keystoreName, client.key + client.certificate);
    const name = await create({ 'tokenService.KeyStoreLocation': keystoreName });
    running.service.setBehaviour({ keepTokens: true });
    try {
      await findToken(name);
      await upload(keystoreName, other.key + other.certificate, 'PUT');
      expect((await findToken(name)).value).toBe('token-1');
    } finally {
      running.service.setBehaviour({ keepTokens: false });
    }
    expect((await findToken(name)).value).toBe('token-2');
  });
});

describe('with XSUAA', () => {
  interface Key extends JsonObject {
    clientid: string;
    url: string;
    certurl: string;
    certificate: string;
    key: string;
  }

  async function bindXsuaa(parameters: JsonObject = { 'credential-type': 'x509' }): Promise<Key> {
    const instanceId = randomUUID();
    const xsappname = `mtls${instanceId}`;
    const { broker } = running.xsuaa;
    await broker.createInstance({
      instanceId,
      instanceName: 'mtlsXsuaa',
      plan: 'application',
      parameters: {
        xsappname,
        'tenant-mode': 'dedicated',
        'oauth2-configuration': { 'credential-types': ['x509', 'binding-secret'] },
      },
    });
    return (await broker.bind({ instanceId, bindingId: randomUUID(), parameters })) as Key;
  }

  async function deploy(credentials: Key, properties: JsonObject = {}): Promise<string> {
    const keystoreName = `${randomUUID()}.pem`;
    await upload(keystoreName, credentials.key + credentials.certificate);
    return create({
      clientId: credentials.clientid,
      tokenServiceURL: `${credentials.certurl}/oauth/token`,
      'tokenService.KeyStoreLocation': keystoreName,
      ...properties,
    });
  }

  it('gets a token over mTLS that is bound to the certificate of the keystore', async () => {
    const credentials = await bindXsuaa();
    const token = await findToken(await deploy(credentials));
    const claims = await running.xsuaa.verifyAccessToken(token.value);
    expect(claims['cnf']).toEqual({ 'x5t#S256': thumbprintOf(new X509Certificate(credentials.certificate)) });
    expect(claims).toMatchObject({ client_id: credentials.clientid, grant_type: 'client_credentials' });
    expect(token.http_header).toEqual({ key: 'Authorization', value: `Bearer ${token.value}` });
    expect(Number(token.expires_in)).toBeLessThanOrEqual((claims.exp ?? 0) - (claims.iat ?? 0));
    const served = running.journal.entries('xsuaa').at(-1);
    expect(served).toMatchObject({ kind: 'request', path: '/oauth/token', certificate: { authorized: true } });
  });

  it('gets "Bad credentials" when an empty client secret stands beside the keystore', async () => {
    const name = await deploy(await bindXsuaa(), { clientSecret: '' });
    expect(await findError(name)).toBe('Bad credentials');
    expect(await running.lastNote()).toContain('remove the property');
  });

  it('is refused with another client id, at the URL without path, and at url instead of certurl', async () => {
    const [credentials, other] = [await bindXsuaa(), await bindXsuaa()];
    expect(await findError(await deploy(credentials, { clientId: other.clientid }))).not.toBe('');
    const noPath = await findError(await deploy(credentials, { tokenServiceURL: credentials.certurl }));
    expect(noPath).toContain('404');
    expect(noPath).toContain('/oauth/token');
    const plain = await findError(await deploy(credentials, { tokenServiceURL: `${credentials.url}/oauth/token` }));
    expect(plain).toContain('certurl');
  });

  it('reports a stopped XSUAA, and gets a token once it is back', async () => {
    const name = await deploy(await bindXsuaa());
    const [, certificatePort] = running.xsuaa.listeners;
    await certificatePort?.stop();
    expect(await findError(name)).toContain('connection refused');
    await certificatePort?.start();
    await until('XSUAA is back', async () => (await findToken(name)).error === undefined);
  });

  it('gets a token with a secret that is bound to nothing', async () => {
    const credentials = await bindXsuaa({ 'credential-type': 'binding-secret' });
    const name = await create({
      clientId: credentials.clientid,
      clientSecret: credentials['clientsecret'] ?? '',
      tokenServiceURL: `${credentials.url}/oauth/token`,
    });
    expect(decodeJwt((await findToken(name)).value)).not.toHaveProperty('cnf');
  });
});

describe('the journal', () => {
  it('says where tokens came from, and holds no token, secret or key', async () => {
    const name = `${randomUUID()}.pem`;
    await upload(name, client.key + client.certificate);
    server.answer = (res) => sendJson(res, 200, tokenResponse('eyJ-secret-token'));
    await findToken(await create({ ...secret, 'tokenService.KeyStoreLocation': name }));
    expect(await running.lastNote()).toBe(`found on instance level; token from ${server.url} over mTLS with ${name}`);
    const journal = JSON.stringify(running.journal.entries());
    for (const text of ['eyJ', 'geheim', 'PRIVATE', client.key.split('\n')[1] ?? ''])
      expect(journal).not.toContain(text);
  });
});

async function openForeignAuthority(): Promise<CertificateAuthority> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'landscape-foreign-'));
  const authority = await CertificateAuthority.open({ stateFolder, now: Date.now });
  rmSync(stateFolder, { recursive: true, force: true });
  return authority;
}
