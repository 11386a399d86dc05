import { readIdentity, type ClientIdentity } from '../../src/pki/keystore';
import { judgeTokenAnswer, type TokenAnswer } from '../../src/probe/judge-token-answer';
import { makeChain } from '../support/test-chain';

let identity: ClientIdentity;
let expired: ClientIdentity;
beforeAll(async () => {
  identity = readIdentity(await makeChain());
  expired = readIdentity(await makeChain({ days: 0 }));
});

const flight = {
  version: 'TLSv1.3',
  certificates: [],
  clientCertificate: 'requested',
  acceptedAuthorities: [],
} as const;
const judge = (changes: Partial<TokenAnswer>) =>
  judgeTokenAnswer({
    url: new URL('https://sub.authentication.cert.eu10.hana.ondemand.com/oauth/token'),
    status: 401,
    body: { error: 'invalid_client', error_description: 'Bad credentials' },
    flight,
    identity,
    clientId: 'sb-x!t1',
    party: 'token endpoint',
    now: Date.now(),
    ...changes,
  })[0];
const says = (error_description: string) => ({ body: { error: 'invalid_client', error_description } });

describe('judgeTokenAnswer', () => {
  it.each<readonly [string, Partial<TokenAnswer>]>([
    ['client-refused', {}],
    ['token-url-path', { status: 404, body: '<html>' }],
    ['rate-limited', { status: 429 }],
    ['token-endpoint-failed', { status: 503, body: 'down' }],
    ['scope-refused', { status: 400, body: { error: 'invalid_scope' } }],
    ['token-refused-request', { status: 400, body: { error: 'invalid_request' } }],
    ['token-answer-unreadable', { status: 200, body: '<html>' }],
    [
      'token-url-without-certificate',
      { url: new URL('https://sub.authentication.eu10.hana.ondemand.com/oauth/token') },
    ],
    ['token-url-without-certificate', { flight: { ...flight, clientCertificate: 'not-requested' } }],
    ['client-certificate-expired', says('Client authentication failed: the client certificate expired on …')],
    [
      'client-certificate-revoked',
      says('the client certificate was revoked: its binding or service key has been deleted'),
    ],
    [
      'client-certificate-unknown',
      says(
        'The client certificate is not configured in a service key of a Process Integration Runtime service instance.',
      ),
    ],
    ['client-id-mismatch', says('the client certificate belongs to another client; check client_id')],
    ['client-certificate-unknown-ca', says('the client certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)')],
    ['client-unknown', says('Client with requested ID does not exist')],
  ])('finds %s', (code, changes) => {
    expect(judge(changes)).toMatchObject({ code, severity: 'error', where: 'token endpoint, answer' });
  });

  it.each<readonly [string, Partial<TokenAnswer>]>([
    ['client-secret-refused', {}],
    ['client-unknown', says('Client not found')],
    ['token-url-without-secret', says('no client certificate was presented; client secrets are for the other URL')],
  ])('finds %s for a secret', (code, changes) => {
    expect(judge({ identity: undefined, ...changes })?.code).toBe(code);
  });

  it('says that the certificate has expired where the server only says "Bad credentials"', () => {
    expect(judge({ identity: expired })).toMatchObject({ code: 'client-certificate-expired' });
  });
});
