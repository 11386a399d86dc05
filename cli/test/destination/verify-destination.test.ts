import { verifyFoundDestination, type Verification } from '../../src/destination/verify-destination';
import { encodeToken } from '../support/destination-landscape';

const expected = { name: 'd', level: 'subaccount', thumbprint: 'abc', tokenUrl: 'https://cert/oauth/token' } as const;
const bound = { value: encodeToken({ cid: 'c', cnf: { 'x5t#S256': 'abc' } }) };
const verify = (
  entry: { value?: string; error?: string } | undefined,
  instanceId: string | null = null,
): Verification =>
  verifyFoundDestination(
    {
      owner: { InstanceId: instanceId },
      destinationConfiguration: {},
      authTokens: entry === undefined ? [] : [{ value: '', ...entry }],
    },
    expected,
  );
const codes = ({ findings }: Verification): string[] => findings.map(({ code }) => code);

describe('verifyFoundDestination', () => {
  it('finds nothing wrong with a token that is bound to the keystore’s certificate', () => {
    expect(verify(bound)).toEqual({ claims: { cid: 'c', cnf: { 'x5t#S256': 'abc' } }, findings: [] });
  });

  it.each([
    ['token-missing', undefined],
    ['token-opaque', { value: 'a0b1c2' }],
    ['token-opaque', { value: 'a.%%%.c' }],
    ['token-unbound', { value: encodeToken({ cnf: 'abc' }) }],
    ['token-of-former-certificate', { value: encodeToken({ cnf: { 'x5t#S256': 'ABC' } }) }],
  ])('finds %s in %p', (code, entry) => {
    expect(codes(verify(entry))).toEqual([code]);
  });

  it('finds that a destination of the instance hides that of the subaccount', () => {
    expect(codes(verify(bound, 'instance-guid'))).toEqual(['destination-shadowed']);
  });

  it.each([
    ['Bad credentials', /client id and certificate/],
    ['Failed to create SSL connection', /TLS connection/],
    ['Response was: 404 Not Found', /\/oauth\/token/],
    ['There is no such key store', /name of an uploaded keystore/],
    [
      'Client authentication failed: no client secret, and a client certificate counts at the certificate URL only (certurl of the binding, https://x)',
      /use "certurl"/,
    ],
    ["the keystore 'k.pem' expired on Jan 1", /new certificate/],
    ['You must send the X-tenant header when the tokenServiceURLType property is Common', /header X-tenant/],
    ['Client with requested ID does not exist', /clientId is of another instance/],
    ['Retrieval of OAuthToken failed due to: unexpected error', /reach tokenServiceURL/],
  ])('says what to do about "%s"', (error, remedy) => {
    const [finding] = verify({ error }).findings;
    expect(finding).toMatchObject({ code: 'token-retrieval-failed', where: 'Destination Service to XSUAA' });
    expect(finding?.message).toContain(error);
    expect(finding?.remedy).toMatch(remedy);
  });

  it('judges no token where only a user gets one, and still says that another destination hides this one', () => {
    const found = {
      owner: { InstanceId: 'i' },
      destinationConfiguration: { Authentication: 'OAuth2JWTBearer' },
      authTokens: [{ value: '', error: 'a user token is needed' }],
    };
    expect(codes(verifyFoundDestination(found, expected))).toEqual(['destination-shadowed']);
    expect(verifyFoundDestination({ ...found, owner: null }, expected)).toEqual({ findings: [] });
  });
});
