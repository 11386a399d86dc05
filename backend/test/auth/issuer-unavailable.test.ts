import { errors } from '@sap/xssec';
import { issuerUnavailable } from '../../src/auth/issuer-unavailable';

const request = { issuer: 'XSUAA', url: 'https://uaa.example/token_keys', timeoutMs: 2000 };

describe('issuerUnavailable', () => {
  it.each([
    [failedWith('ECONNREFUSED'), 'refused the connection'],
    [failedWith('ENOTFOUND'), 'has no address'],
    [failedWith('EAI_AGAIN'), 'has no address'],
    [failedWith('ABORT_ERR'), 'did not answer within 2000 ms'],
    [failedWith('ETIMEDOUT'), 'did not answer within 2000 ms'],
    [failedWith('ECONNRESET'), 'broke the connection off'],
    [failedWith(undefined), 'broke the connection off'],
    [failedWith('SELF_SIGNED_CERT_IN_CHAIN'), 'showed a certificate that this app does not trust'],
    [failedWith('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'showed a certificate that this app does not trust'],
    [failedWith('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'showed a certificate that this app does not trust'],
    [failedWith('ERR_TLS_CERT_ALTNAME_INVALID'), 'showed a certificate that this app does not trust'],
    [new errors.ResponseError(request.url, {}, 502, 'bad gateway'), 'answered 502'],
    [new SyntaxError('Unexpected token'), 'answered something that is no key set'],
    [
      Object.assign(new Error('aborted'), { code: 'ECONNRESET' }),
      'broke its answer off, or did not end it within 2000 ms',
    ],
    ['thrown text', 'answered something that is no key set'],
  ])('explains %s', (error, explanation) => {
    const { status, description } = issuerUnavailable(error, request);
    expect(status).toBe(503);
    expect(description).toBe(
      `XSUAA cannot be asked for its signing keys: https://uaa.example/token_keys ${explanation}. ` +
        'The token was not checked. Try again later.',
    );
  });

  it('keeps the library’s words and the cause for the log', () => {
    const error = failedWith('ECONNREFUSED');
    expect(issuerUnavailable(error, request)).toMatchObject({ detail: error.message, cause: error });
  });
});

function failedWith(code: string | undefined): Error {
  const original = Object.assign(new Error('failed'), { code });
  return new errors.RequestError(new URL(request.url), { name: 'fetchJwks' }, original);
}
