import * as v from 'valibot';
import {
  concealSecret,
  excerpt,
  parseJson,
  readChallenge,
  readReason,
  secondsSchema,
  tokenSchema,
} from '../../src/upstream/answer';
import type { HttpAnswer } from '../../src/upstream/http-client';

const answer = (text: string, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({ status: 400, headers, text });

describe('tokenSchema', () => {
  it.each(['abc', 'a.b-c_d~e+f/g==', 'eyJhbGciOiJSUzI1NiJ9.e30.AA'])('accepts %s (RFC 6750 §2.1)', (value) => {
    expect(v.is(tokenSchema, value)).toBe(true);
  });
  it.each(['', 'a b', 'a\r\nX: y', 'a,b', '=a', 'ä', 1, null])('refuses %j', (value) => {
    expect(v.is(tokenSchema, value)).toBe(false);
  });
});

describe('secondsSchema', () => {
  it.each([
    [43199, 43199],
    ['43199', 43199],
    ['0', 0],
    [0.5, 0.5],
  ])('reads %j', (value, seconds) => {
    expect(v.parse(secondsSchema, value)).toBe(seconds);
  });
  it.each([-1, '-1', '', 'soon', '1e9', '99999999999', Number.NaN, null, undefined])('refuses %j', (value) => {
    expect(v.is(secondsSchema, value)).toBe(false);
  });
});

describe('parseJson', () => {
  it('returns undefined for what is no JSON', () => {
    expect([parseJson('{"a":1}'), parseJson('<html>'), parseJson('')]).toEqual([{ a: 1 }, undefined, undefined]);
  });
});

describe('readReason', () => {
  it.each([
    [
      'an OAuth error with description',
      answer('{"error":"invalid_client","error_description":"Bad credentials"}'),
      'invalid_client, Bad credentials',
    ],
    ['an OAuth error without one', answer('{"error":"invalid_client"}'), 'invalid_client'],
    ['an error of the Destination Service', answer('{"ErrorMessage":"not found"}'), 'not found'],
    ['a challenge', answer('Unauthorized', { 'www-authenticate': 'Bearer error="invalid_token"' }), 'invalid_token'],
    ['an error page', answer('<html>Oops</html>'), undefined],
    ['another JSON', answer('[1]'), undefined],
  ])('finds the reason of %s', (_what, given, reason) => {
    expect(readReason(given)).toBe(reason);
  });

  it('quotes on one line, bounded, without tokens and keys', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';
    const description = `a\n  b eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln ${key} ${'x'.repeat(400)}`;
    const reason = readReason(answer(JSON.stringify({ error: 'e', error_description: description })));
    expect(reason).toMatch(/^e, a b \[token\] \[private key\] x+…$/);
    expect(reason).toHaveLength(301);
  });
});

describe('readChallenge', () => {
  it('reads error and description of a bearer challenge (RFC 6750 §3)', () => {
    expect(readChallenge('Bearer realm="r", error="invalid_token", error_description="It says \\"no\\"."')).toEqual({
      error: 'invalid_token',
      description: 'It says "no".',
    });
  });
  it.each([undefined, '', 'Bearer', 'Basic realm="error"'])('finds nothing in %j', (header) => {
    expect(readChallenge(header)).toEqual({});
  });
});

describe('concealSecret', () => {
  it('removes what was sent, plain and form-encoded, from text and challenge', () => {
    const secret = 'a$b+/=';
    const told = concealSecret(answer(`x=${secret}&y=a%24b%2B%2F%3D`, { 'www-authenticate': secret }), secret);
    expect(told).toEqual({ status: 400, headers: { 'www-authenticate': '[secret]' }, text: 'x=[secret]&y=[secret]' });
  });
});

describe('excerpt', () => {
  it('gives status and the start of the text', () => {
    expect(excerpt(answer('<html>\n oops</html>'))).toBe('400: <html> oops</html>');
    expect(excerpt(answer('y'.repeat(1000)))).toHaveLength(306);
  });
});
