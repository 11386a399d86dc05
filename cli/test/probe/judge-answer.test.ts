import { computeThumbprint } from '../../src/pki/certificate';
import { readIdentity, type ClientIdentity } from '../../src/pki/keystore';
import { judgeAnswer, type JudgedAnswer } from '../../src/probe/judge-answer';
import type { ServerFlight } from '../../src/probe/server-flight';
import { makeChain } from '../support/test-chain';

let identity: ClientIdentity;
let thumbprint: string;
beforeAll(async () => {
  identity = readIdentity(await makeChain());
  thumbprint = computeThumbprint(identity.chain.certificates[0]);
});

const now = Date.parse('2030-01-01T00:00:00Z');
const seconds = now / 1000;
const flight = (clientCertificate: ServerFlight['clientCertificate']): ServerFlight => ({
  version: 'TLSv1.3',
  certificates: [],
  clientCertificate,
  acceptedAuthorities: [],
});
const answer = (changes: Partial<JudgedAnswer>): JudgedAnswer => ({
  url: new URL('https://target.example/path'),
  status: 401,
  headers: {},
  body: '',
  flight: flight('requested'),
  identity: undefined,
  token: undefined,
  now: Date.now(),
  ...changes,
});
const judge = (changes: Partial<JudgedAnswer>) => judgeAnswer(answer(changes));
const token = (claims: Record<string, unknown>) => ({ claims: { exp: seconds + 60, ...claims } });
const bearer = (rest: string) => ({ 'www-authenticate': `Bearer ${rest}` });

describe('judgeAnswer', () => {
  it('finds nothing in a success', () => {
    expect(judge({ status: 200, identity })).toEqual([]);
  });

  it('only notes that a successful call showed no certificate', () => {
    expect(judge({ status: 200, flight: flight('not-requested'), identity })).toMatchObject([
      { code: 'client-certificate-not-requested', severity: 'note' },
    ]);
  });

  it.each<readonly [string, Partial<JudgedAnswer>]>([
    ['redirected', { status: 302, headers: { location: 'https://login.example/x' } }],
    ['tls-port', { status: 400, body: '<html>The plain HTTP request was sent to HTTPS port</html>' }],
    ['target-refused', { status: 400, body: { error: 'bad' } }],
    ['token-required', { headers: bearer('') }],
    ['basic-authentication', { headers: { 'www-authenticate': 'Basic realm="x"' } }],
    ['role-missing', { status: 403 }],
    [
      'client-certificate-not-mapped',
      {
        status: 403,
        body: 'Subject and issuer CN=a, CN=b not contained in the accepted subjectAndIssuers list of the integration flow',
      },
    ],
    ['route-unknown', { status: 404, headers: { 'x-cf-routererror': 'unknown_route' } }],
    ['path-unknown', { status: 404 }],
    ['rate-limited', { status: 429, headers: { 'retry-after': '7' } }],
    ['app-unavailable', { status: 503, headers: { 'x-cf-routererror': 'no_endpoints' } }],
    ['upstream-failed', { status: 502 }],
    ['target-failed', { status: 500 }],
    ['target-refused', { status: 418 }],
  ])('finds %s', (code, changes) => {
    const [finding] = judge(changes);
    expect(finding).toMatchObject({ code, severity: 'error', where: 'target, answer' });
    expect(finding?.remedy).not.toBe('');
  });

  it('blames the missing question for a certificate that was not shown', () => {
    const body = { error_description: 'Neither client certificate nor Authorization header found' };
    expect(judge({ body, identity, flight: flight('not-requested') })[0]?.code).toBe(
      'client-certificate-not-requested',
    );
    expect(judge({ body })[0]?.code).toBe('client-certificate-missing');
    expect(judge({ body, identity })[0]?.code).toBe('client-certificate-unknown');
  });

  it('names the role that is missing and the scopes that are there', () => {
    const [finding] = judge({
      status: 403,
      headers: bearer('error="insufficient_scope", error_description="No.", scope="app.Display"'),
      token: token({ scope: ['uaa.resource'] }),
    });
    expect(finding?.message).toMatch(/app\.Display.*uaa\.resource.*No\./);
  });

  it('leaves the full stop of a sentence out of the name of the role', () => {
    const body = { error_description: 'The client certificate does not have the role orders.read.' };
    expect(judge({ status: 403, body })[0]?.message).toMatch(
      /^The caller was recognised, but lacks the role or scope orders\.read\. /,
    );
  });

  it('does not blame the certificate where the path is wrong', () => {
    expect(judge({ status: 404, flight: flight('requested') })).toHaveLength(1);
  });

  describe('of a refused token', () => {
    const refused = (claims: Record<string, unknown>, changes: Partial<JudgedAnswer> = {}) =>
      judge({ now, token: token(claims), ...changes })[0];

    it.each<readonly [string, Record<string, unknown>]>([
      ['token-expired', { exp: seconds - 1 }],
      ['token-early', { nbf: seconds + 60 }],
      ['token-certificate-missing', { cnf: { 'x5t#S256': 'x' } }],
      ['token-refused', {}],
    ])('finds %s', (code, claims) => {
      expect(refused(claims)?.code).toBe(code);
    });

    it('tells another certificate, and the right one', () => {
      expect(refused({ cnf: { 'x5t#S256': 'x' } }, { identity, now: Date.now() })?.code).toBe(
        'token-certificate-other',
      );
      expect(refused({ cnf: { 'x5t#S256': thumbprint } }, { identity })?.code).toBe('token-refused');
    });

    it('tells that the address asks for no certificate', () => {
      expect(refused({ cnf: { 'x5t#S256': 'x' } }, { flight: flight('not-requested'), identity })?.code).toBe(
        'token-certificate-not-requested',
      );
      expect(refused({ cnf: { 'x5t#S256': 'x' } }, { flight: undefined })?.code).toBe(
        'token-certificate-not-requested',
      );
    });

    it.each([
      ['token-audience', 'The token was issued for another application.'],
      ['token-unbound', 'This route accepts only tokens that are bound to a client certificate'],
      ['token-signature', 'The signature of the token is wrong.'],
      ['token-issuer', 'Untrusted issuer'],
      ['token-expired', 'The token has expired.'],
    ])('finds %s in what the server says', (code, description) => {
      const headers = bearer(`error="invalid_token", error_description="${description}"`);
      const finding = refused({ aud: ['other!t1'] }, { headers });
      expect(finding?.code).toBe(code);
      expect(finding?.message).toContain(description);
    });
  });
});
