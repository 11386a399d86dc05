import crypto from 'node:crypto';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CertificateBindingPolicy } from '../../src/auth/require-certificate-binding';
import { createTestCertificates, type TestCertificates } from '../support/client-certificates';
import type { IdentityDouble } from '../support/identity-double';
import {
  CERTIFICATE_ROUTE,
  createTestBackend,
  PLAIN_ROUTE,
  startTrustedIdentity,
  startTrustedXsuaa,
  strictBinding,
  type TestBackend,
} from '../support/test-backend';
import type { XsuaaDouble } from '../support/xsuaa-double';

const XFCC = 'X-Forwarded-Client-Cert';

const says = {
  noCertificate: /^The token is bound to a client certificate, and none came with the request/,
  otherCertificate: /^The token is bound to another client certificate than the one that came with the request/,
  unreadable: /^The client certificate that came with the request cannot be read/,
  onPlainRoute: /^The token is bound to a client certificate, which cannot arrive on this route/,
  headerOnPlainRoute: /^The header x-forwarded-client-cert came on a route where no client certificate can arrive/,
  confirmation: /^The token is bound, but not to the SHA-256 thumbprint/,
  unbound: /^This route accepts only tokens that are bound to a client certificate/,
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly error?: string; readonly error_description?: string };
}

describe.each(['XSUAA', 'Identity'] as const)('the certificate binding of tokens of %s', (name) => {
  let xsuaa: XsuaaDouble;
  let identity: IdentityDouble;
  let certificates: TestCertificates;
  const servers: Server[] = [];

  beforeAll(async () => {
    [xsuaa, identity, certificates] = await Promise.all([
      startTrustedXsuaa(),
      startTrustedIdentity(),
      createTestCertificates(),
    ]);
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });
  afterAll(() => Promise.all([xsuaa.stop(), identity.stop()]));

  describe('on a certificate route', () => {
    it('accepts a bound token with its certificate (R-14, R-16)', async () => {
      const { line, thumbprint } = certificates.client;
      const answer = await onCertificateRoute(await bound(), [XFCC, line]);
      expect(answer).toMatchObject({ status: 200, body: { claims: { cnf: { 'x5t#S256': thumbprint } } } });
    });

    it('hashes a certificate once, however often it comes', async () => {
      const backend = createTestBackend([xsuaa, identity]);
      const [jwt, { line }] = [await bound(), certificates.client];
      const hash = jest.spyOn(crypto, 'createHash');
      for (let round = 0; round < 3; round += 1)
        expect(await onCertificateRoute(jwt, [XFCC, line], { backend })).toMatchObject({ status: 200 });
      expect(hash).toHaveBeenCalledTimes(1);
      hash.mockRestore();
    });

    it('accepts a certificate signed by itself when the token is bound to it (R-28)', async () => {
      const { line, thumbprint } = certificates.selfSigned;
      expect(await onCertificateRoute(await bound(thumbprint), [XFCC, line])).toMatchObject({ status: 200 });
    });

    it('refuses a bound token without a certificate (R-16, R-17)', async () => {
      expectRefusal(await onCertificateRoute(await bound()), says.noCertificate);
    });

    it.each(['other', 'renewed', 'selfSigned', 'expired', 'authority'] as const)(
      'refuses a bound token with another certificate: %s (R-16, R-17)',
      async (other) => {
        const answer = await onCertificateRoute(await bound(), [XFCC, certificates[other].line]);
        expectRefusal(answer, says.otherCertificate);
      },
    );

    it('refuses a token that is bound to the certificate’s authority with the leaf (R-16)', async () => {
      const jwt = await bound(certificates.authority.thumbprint);
      expectRefusal(await onCertificateRoute(jwt, [XFCC, certificates.client.line]), says.otherCertificate);
    });

    it('accepts an unbound token with and without a certificate', async () => {
      expect(await onCertificateRoute(await unbound())).toMatchObject({ status: 200 });
      const answer = await onCertificateRoute(await unbound(), [XFCC, certificates.client.line]);
      expect(answer).toMatchObject({ status: 200 });
    });

    it('holds for every path behind the token, also for one that does not exist', async () => {
      const { line } = certificates.client;
      const jwt = await bound();
      expectRefusal(await onCertificateRoute(jwt, [], { path: '/nowhere' }), says.noCertificate);
      expect(await onCertificateRoute(jwt, [XFCC, line], { path: '/nowhere' })).toMatchObject({ status: 404 });
    });

    it('looks at the token before the certificate: a bad one is refused for what it is', async () => {
      const jwt = `${(await bound()).slice(0, -8)}AAAAAAAA`;
      expectRefusal(await onCertificateRoute(jwt, [XFCC, 'rubbish']), /^The signature of the token is wrong/);
    });

    it.each([[null], ['text'], [5], [[]], [{}], [{ 'x5t#S256': 5 }], [{ jkt: 'a' }], [{ x5t: 'a' }]])(
      'refuses a token whose cnf is %j, with any certificate and with none',
      async (cnf) => {
        const jwt = await issuer().issue({ cnf });
        expectRefusal(await onCertificateRoute(jwt), says.confirmation);
        expectRefusal(await onCertificateRoute(jwt, [XFCC, certificates.client.line]), says.confirmation);
      },
    );

    describe('refuses what is doubtful, for bound and for unbound tokens (R-30)', () => {
      const values: [string, (certificates: TestCertificates) => string[]][] = [
        ['two headers, the right certificate first', ({ client, other }) => [XFCC, client.line, XFCC, other.line]],
        ['two headers, the right certificate last', ({ client, other }) => [XFCC, other.line, XFCC, client.line]],
        ['two headers in two spellings', ({ client }) => [XFCC, client.line, XFCC.toLowerCase(), client.line]],
        ['two values in one header', ({ client, other }) => [XFCC, `${client.line},${other.line}`]],
        ['two certificates in one value', ({ client }) => [XFCC, encode(Buffer.concat([client.der, client.der]))]],
        ['a certificate and a byte', ({ client }) => [XFCC, encode(Buffer.concat([client.der, Buffer.from('a')]))]],
        ['half a certificate', ({ client }) => [XFCC, encode(client.der.subarray(0, 200))]],
        ['PEM', ({ client }) => [XFCC, client.pem.replaceAll('\n', ' ')]],
        ['base64 of PEM', ({ client }) => [XFCC, encode(Buffer.from(client.pem))]],
        ['Envoy’s form', ({ client }) => [XFCC, `Hash=00;Cert="${encodeURIComponent(client.pem)}"`]],
        ['RFC 9440’s form', ({ client }) => [XFCC, `:${client.line}:`]],
        ['a thumbprint', ({ client }) => [XFCC, client.thumbprint]],
        ['a word', () => [XFCC, 'true']],
        ['nothing', () => [XFCC, '']],
        ['more than any certificate has', ({ client }) => [XFCC, client.line.repeat(20)]],
      ];

      it.each(values)('%s', async (_name, make) => {
        const headers = make(certificates);
        expectRefusal(await onCertificateRoute(await bound(), headers), says.unreadable);
        expectRefusal(await onCertificateRoute(await unbound(), headers), says.unreadable);
      });

      it.each(values)('%s, also when the right certificate came before', async (_name, make) => {
        const backend = createTestBackend([xsuaa, identity]);
        const { line } = certificates.client;
        const jwt = await bound();
        expect(await onCertificateRoute(jwt, [XFCC, line], { backend })).toMatchObject({ status: 200 });
        expectRefusal(await onCertificateRoute(jwt, make(certificates), { backend }), says.unreadable);
        expectRefusal(
          await onCertificateRoute(jwt, [XFCC, certificates.other.line], { backend }),
          says.otherCertificate,
        );
        expectRefusal(await onCertificateRoute(jwt, [], { backend }), says.noCertificate);
        expectRefusal(
          await onCertificateRoute(await bound(certificates.other.thumbprint), [XFCC, line], { backend }),
          says.otherCertificate,
        );
        expect(await onCertificateRoute(jwt, [XFCC, line], { backend })).toMatchObject({ status: 200 });
      });

      it('a header beyond what the server reads at all, with 431', async () => {
        const answer = await onCertificateRoute(await bound(), [XFCC, 'A'.repeat(17_000)]);
        expect(answer.status).toBe(431);
      });
    });

    it.each([
      'Client-Cert',
      'X-Client-Cert',
      'SSL-Client-Cert',
      'X-SSL-Client-Cert',
      'X-ARR-ClientCert',
      'X_Forwarded_Client_Cert',
      'X-Forwarded-Client_Cert',
      'X-Forwarded-Client-Cert-Chain',
    ])('does not believe the right certificate in the header %s (R-15)', async (header) => {
      const { line, pem } = certificates.client;
      for (const value of [line, `:${line}:`, encodeURIComponent(pem)]) {
        expectRefusal(await onCertificateRoute(await bound(), [header, value]), says.noCertificate);
      }
    });

    it('does not believe the right certificate in a trailer (R-15)', async () => {
      const { port } = await listen();
      const socket = connect(port, '127.0.0.1');
      socket.write(
        [
          'POST /endpoint HTTP/1.1',
          `Host: ${CERTIFICATE_ROUTE}`,
          `Authorization: Bearer ${await bound()}`,
          'Transfer-Encoding: chunked',
          `Trailer: ${XFCC}`,
          'Connection: close',
          '',
          '0',
          `${XFCC}: ${certificates.client.line}`,
          '',
          '',
        ].join('\r\n'),
      );
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 .*none came with the request/s);
    });

    it.each([
      ['a blank before the colon', `${XFCC} : `],
      ['a line that continues another header', `X-Other: a\r\n ${XFCC}: `],
      ['a line feed alone in front', `X-Other: a\n${XFCC}: `],
    ])('refuses the header spelled with %s', async (_name, spelling) => {
      const { port } = await listen();
      const socket = connect(port, '127.0.0.1');
      const { line } = certificates.other;
      const head = `GET /endpoint HTTP/1.1\r\nHost: ${CERTIFICATE_ROUTE}\r\nAuthorization: Bearer ${await bound()}`;
      socket.write(`${head}\r\n${spelling}${line}\r\nConnection: close\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[01] /);
    });

    it('tells the log both thumbprints, and nothing of the certificate', async () => {
      const backend = createTestBackend([xsuaa, identity]);
      const { line, thumbprint } = certificates.other;
      await onCertificateRoute(await bound(), [XFCC, line], { backend });
      const logged = await backend.takeLogLine();
      expect(logged).toMatchObject({
        level: 'warn',
        error: 'invalid_token',
        detail: `another certificate: the token is bound to ${certificates.client.thumbprint}, presented was ${thumbprint}`,
      });
      expect(JSON.stringify(logged)).not.toContain(line.slice(-40));
    });
  });

  describe('on a certificate route where a binding is required', () => {
    const policy: CertificateBindingPolicy = { ...strictBinding, onCertificateRoutes: 'required' };

    it('refuses an unbound token, with and without a certificate (S1-9)', async () => {
      expectRefusal(await onCertificateRoute(await unbound(), [], { policy }), says.unbound);
      const headers = [XFCC, certificates.client.line];
      expectRefusal(await onCertificateRoute(await unbound(), headers, { policy }), says.unbound);
    });

    it('accepts a bound token with its certificate, and only with it', async () => {
      const { client, other } = certificates;
      expect(await onCertificateRoute(await bound(), [XFCC, client.line], { policy })).toMatchObject({ status: 200 });
      expectRefusal(await onCertificateRoute(await bound(), [], { policy }), says.noCertificate);
      expectRefusal(await onCertificateRoute(await bound(), [XFCC, other.line], { policy }), says.otherCertificate);
    });

    it('lets an unbound token pass on a plain route, where no certificate is asked for (S1-9)', async () => {
      expect(await onPlainRoute(await unbound(), [], { policy })).toMatchObject({ status: 200 });
    });
  });

  describe('on a plain route', () => {
    it('accepts an unbound token', async () => {
      expect(await onPlainRoute(await unbound())).toMatchObject({ status: 200 });
    });

    it('refuses a bound token, and names both ways out', async () => {
      const answer = await onPlainRoute(await bound());
      expectRefusal(answer, says.onPlainRoute);
      expect(answer.body.error_description).toContain(`certificate route ${CERTIFICATE_ROUTE} with that certificate`);
      expect(answer.body.error_description).toContain('set ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES to true');
    });

    it('says that a certificate route must be mapped where there is none', async () => {
      const policy: CertificateBindingPolicy = { ...strictBinding, routes: [] };
      const answer = await onCertificateRoute(await bound(), [], { policy });
      expectRefusal(answer, says.onPlainRoute);
      expect(answer.body.error_description).toContain('map a certificate route to this app');
    });

    it.each(['X-Forwarded-Client-Cert', 'x-forwarded-client-cert', 'X-FORWARDED-CLIENT-CERT'])(
      'refuses every token that comes with %s, which no router passes on here (R-15, R-30)',
      async (header) => {
        const headers = [header, certificates.client.line];
        expectRefusal(await onPlainRoute(await bound(), headers), says.headerOnPlainRoute);
        expectRefusal(await onPlainRoute(await unbound(), headers), says.headerOnPlainRoute);
        expectRefusal(await onPlainRoute(await unbound(), [header, '']), says.headerOnPlainRoute);
      },
    );

    it.each([
      'Client-Cert',
      'X-Client-Cert',
      'SSL-Client-Cert',
      'X-SSL-Client-Cert',
      'X-ARR-ClientCert',
      'X_Forwarded_Client_Cert',
      'X-Forwarded-Client_Cert',
      'X-Forwarded-Client-Cert-Chain',
    ])('does not believe the right certificate in the header %s either (R-15)', async (header) => {
      expectRefusal(await onPlainRoute(await bound(), [header, certificates.client.line]), says.onPlainRoute);
    });

    it.each([
      ['X-Forwarded-Host names it', ['Host', PLAIN_ROUTE, 'X-Forwarded-Host', CERTIFICATE_ROUTE]],
      ['a second Host names it', ['Host', PLAIN_ROUTE, 'Host', CERTIFICATE_ROUTE]],
      ['a second Host names another', ['Host', CERTIFICATE_ROUTE, 'Host', PLAIN_ROUTE]],
      ['its host has something behind', ['Host', `${CERTIFICATE_ROUTE}.evil.example`]],
    ])('is not taken for a certificate route because %s (R-18)', async (_name, host) => {
      const answer = await send({ jwt: await bound(), headers: [...host, XFCC, certificates.client.line] });
      expectRefusal(answer, says.headerOnPlainRoute);
    });

    it('refuses a token whose cnf cannot be read', async () => {
      expectRefusal(await onPlainRoute(await issuer().issue({ cnf: 'text' })), says.confirmation);
    });
  });

  describe('on a plain route where bound tokens are accepted by the setting', () => {
    const policy: CertificateBindingPolicy = { ...strictBinding, boundOnPlainRoutes: 'accept' };

    it('accepts a bound token without its certificate', async () => {
      expect(await onPlainRoute(await bound(), [], { policy })).toMatchObject({ status: 200 });
    });

    it('still believes no header, and accepts no unreadable cnf', async () => {
      const headers = [XFCC, certificates.client.line];
      expectRefusal(await onPlainRoute(await bound(), headers, { policy }), says.headerOnPlainRoute);
      expectRefusal(await onPlainRoute(await issuer().issue({ cnf: {} }), [], { policy }), says.confirmation);
    });

    it('changes nothing on the certificate route', async () => {
      expectRefusal(await onCertificateRoute(await bound(), [], { policy }), says.noCertificate);
    });
  });

  it('takes the certificate from the header of another platform, and then from no other', async () => {
    const policy: CertificateBindingPolicy = { ...strictBinding, header: 'client-cert' };
    const { line } = certificates.client;
    const jwt = await bound();
    expect(await onCertificateRoute(jwt, ['Client-Cert', `:${line}:`], { policy })).toMatchObject({ status: 200 });
    expectRefusal(await onCertificateRoute(jwt, [XFCC, line], { policy }), says.noCertificate);
    const both = [XFCC, line, 'Client-Cert', `:${certificates.other.line}:`];
    expectRefusal(await onCertificateRoute(jwt, both, { policy }), says.otherCertificate);
  });

  interface CallOptions {
    readonly policy?: CertificateBindingPolicy;
    readonly path?: string;
    readonly backend?: TestBackend;
  }

  function onCertificateRoute(jwt: string, headers: readonly string[] = [], options: CallOptions = {}) {
    return send({ jwt, headers: ['Host', CERTIFICATE_ROUTE, ...headers], ...options });
  }

  function onPlainRoute(jwt: string, headers: readonly string[] = [], options: CallOptions = {}) {
    return send({ jwt, headers: ['Host', PLAIN_ROUTE, ...headers], ...options });
  }

  /** Sends headers exactly as they are listed, repeated ones, too. */
  async function send(
    call: CallOptions & { readonly jwt: string; readonly headers: readonly string[] },
  ): Promise<Answer> {
    const { jwt, headers, path = '/endpoint' } = call;
    const { port } = await listen(call);
    const req = httpRequest({
      port,
      host: '127.0.0.1',
      path,
      agent: false,
      headers: [...headers, 'Authorization', `Bearer ${jwt}`],
    });
    req.end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    const body = await text(res);
    // Node itself answers 431 without a body; the tests assert on the members they read.
    return { status: res.statusCode ?? 0, headers: res.headers, body: body === '' ? {} : (JSON.parse(body) as object) };
  }

  async function listen({ policy, backend }: CallOptions = {}): Promise<AddressInfo> {
    const { app } =
      backend ?? createTestBackend([xsuaa, identity], policy === undefined ? {} : { certificateBinding: policy });
    const server = createServer(app).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return server.address() as AddressInfo;
  }

  function issuer(): XsuaaDouble | IdentityDouble {
    return name === 'XSUAA' ? xsuaa : identity;
  }

  function bound(thumbprint = certificates.client.thumbprint): Promise<string> {
    return issuer().issue({ cnf: { 'x5t#S256': thumbprint } });
  }

  function unbound(): Promise<string> {
    return issuer().issue();
  }
});

function encode(bytes: Buffer): string {
  return bytes.toString('base64');
}

/** RFC 8705 §3 and RFC 6750 §3: 401 and `invalid_token`; the description also stands in the challenge. */
function expectRefusal({ status, headers, body }: Answer, description: RegExp): void {
  expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_token' });
  expect(body.error_description).toMatch(description);
  expect(headers['www-authenticate']).toBe(
    `Bearer error="invalid_token", error_description="${body.error_description}"`,
  );
}
