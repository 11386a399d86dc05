import { generateKeyPairSync } from 'node:crypto';
import { describeError, maskSecrets } from '../src/describe-error';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const jwt = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{"sub":"a"}').toString('base64url')}.c2ln`;

describe('describeError', () => {
  it('keeps type, message, code, stack and the chain of causes', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'ECONNREFUSED' });
    expect(describeError(new Error('outer', { cause }))).toEqual({
      type: 'Error',
      message: 'outer',
      stack: expect.stringContaining('describe-error.test.ts') as string,
      cause: {
        type: 'TypeError',
        message: 'inner',
        code: 'ECONNREFUSED',
        stack: expect.stringContaining('inner') as string,
      },
    });
  });

  it('drops every other member, where HTTP clients keep the key of their TLS agent', () => {
    const error = Object.assign(new Error('Request failed'), {
      config: { httpsAgent: { options: { key: pem } } },
      jwt,
    });
    expect(Object.keys(describeError(error)).sort()).toEqual(['message', 'stack', 'type']);
  });

  it('masks a token or private key inside message and stack', () => {
    const text = JSON.stringify(describeError(new Error(`cannot use ${jwt} with ${pem}`)));
    expect(text).toContain('cannot use [token] with [private key]');
    expect(text).not.toContain(jwt.split('.')[1]);
  });

  it('stops at a chain of causes that has no end', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/"message":"loop"/g)).toHaveLength(5);
  });

  it.each([
    ['text', { type: 'string', message: 'text' }],
    [undefined, { type: 'undefined', message: 'undefined' }],
  ])('describes %j, which is no error but was thrown', (thrown, expected) => {
    expect(describeError(thrown)).toEqual(expected);
  });
});

describe('maskSecrets', () => {
  it('masks a private key that is cut off, too', () => {
    expect(maskSecrets(`key: ${pem.slice(0, 60)}`)).toBe('key: [private key]');
  });

  it('leaves certificates, thumbprints and ordinary text alone', () => {
    const text =
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE----- bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2';
    expect(maskSecrets(text)).toBe(text);
  });
});
