import { createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { CLIENT, ZONE, type XsuaaDouble } from './xsuaa-double';

/** Makes the value of a header Authorization. */
type Make = (xsuaa: XsuaaDouble) => string | Promise<string>;

/** Each of them must be answered with 401: forged, damaged, foreign, outdated, or no token at all. */
const makers: Readonly<Record<string, Make>> = {
  'payload null': () => forge({}, null),
  'header null': (xsuaa) => alter(xsuaa, ([, payload, signature]) => [encode(null), payload, signature]),
  'payload a number': () => forge({}, 5),
  'payload a string': () => forge({}, 'claims'),
  'payload an array': () => forge({}, [CLIENT]),
  'aud a number': () => forge({}, { ...claims(), aud: 5 }),
  'aud an object': () => forge({}, { ...claims(), aud: { [CLIENT]: true } }),
  'aud an array with a number': () => forge({}, { ...claims(), aud: [5] }),
  'aud a number, signed': (xsuaa) => issue(xsuaa, { aud: 5 }),
  'scope a number, no aud': () => forge({}, { ...claims(), aud: undefined, scope: 5 }),
  'cid an object': () => forge({}, { ...claims(), cid: {} }),
  'exp a string': (xsuaa) => issue(xsuaa, { exp: '4102444800' }),
  'no exp': (xsuaa) => issue(xsuaa, { exp: undefined }),
  'alg none, no signature': (xsuaa) => alter(xsuaa, ([, payload]) => [encode({ alg: 'none' }), payload, '']),
  'alg none, signature of a good token': (xsuaa) =>
    alter(xsuaa, ([, payload, signature]) => [encode({ alg: 'none', kid: 'key-1' }), payload, signature]),
  'alg a number': () => forge({ alg: 256 }, claims()),
  'HS256 with the public key as secret': signWithPublicKey,
  'signed with another key': () => signWithAnotherKey({}),
  'signed with another key, which the header carries': () => signWithAnotherKey({ embedded: true }),
  'payload changed': (xsuaa) =>
    alter(xsuaa, ([header, , signature]) => [header, encode({ ...claims(), scope: ['admin'] }), signature]),
  'signature changed': (xsuaa) =>
    alter(xsuaa, ([header, payload, signature]) => [
      header,
      payload,
      (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1),
    ]),
  'signature of another token': async (xsuaa) => {
    const [, , signature = ''] = (await xsuaa.issue()).split('.');
    return alter(xsuaa, ([header, payload]) => [header, payload, signature]);
  },
  'four parts': (xsuaa) => alter(xsuaa, (parts) => [...parts, parts[2]]),
  'characters that base64 decoders skip': (xsuaa) =>
    alter(xsuaa, ([header, payload, signature]) => [header, payload, `${signature}!`]),
  expired: (xsuaa) => issue(xsuaa, { exp: now() - 120 }),
  'not valid yet': (xsuaa) => issue(xsuaa, { nbf: now() + 120 }),
  'a key id that is not published': (xsuaa) => issue(xsuaa, {}, { kid: 'key-2' }),
  'a key id that every object has': (xsuaa) => issue(xsuaa, {}, { kid: '__proto__' }),
  'no key id': (xsuaa) => issue(xsuaa, {}, { kid: undefined }),
  'another application': (xsuaa) => issue(xsuaa, { aud: ['sb-other!t1'], cid: 'sb-other!t1' }),
  'another subaccount': (xsuaa) => issue(xsuaa, { zid: 'fa11bad0-8d1e-4b5f-9a0c-2f1f4b3f8a11' }),
  'no subaccount': (xsuaa) => issue(xsuaa, { zid: undefined }),
  'a subaccount that is no text': () => forge({}, { ...claims(), zid: { toString: 1 } }),
  garbage: () => 'Bearer garbage',
  'a.b': () => 'Bearer a.b',
  'a.b.c': () => 'Bearer a.b.c',
  'half a token': async (xsuaa) => {
    const good = await xsuaa.issue();
    return `Bearer ${good.slice(0, good.length / 2)}`;
  },
  empty: () => 'Bearer',
  'a good token under another scheme': async (xsuaa) => `Basic ${await xsuaa.issue()}`,
  'a good token without a scheme': async (xsuaa) => xsuaa.issue(),
};

/** What is wrong with a bad token, one name a kind. */
export const badTokenKinds: readonly string[] = Object.keys(makers);

/** Makes the value of a header Authorization whose token is bad in the way that `kind` names. */
export async function makeBadToken(kind: string, xsuaa: XsuaaDouble): Promise<string> {
  const make = makers[kind];
  if (make === undefined) throw new Error(`There is no bad token "${kind}".`);
  return make(xsuaa);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function claims(): Record<string, unknown> {
  return { sub: CLIENT, cid: CLIENT, aud: [CLIENT], scope: ['uaa.resource'], zid: ZONE, exp: now() + 600 };
}

/** A token that looks signed, with the published key id and three bytes instead of a signature. */
function forge(header: object, payload: unknown): string {
  return `Bearer ${encode({ alg: 'RS256', kid: 'key-1', ...header })}.${encode(payload)}.AAAA`;
}

/** A properly signed token with odd claims or header members. */
async function issue(xsuaa: XsuaaDouble, claims: object, header: Record<string, unknown> = {}): Promise<string> {
  return `Bearer ${await xsuaa.issue(claims as JWTPayload, header)}`; // the point is that they are no proper claims
}

type Parts = readonly [header: string, payload: string, signature: string];

/** A good token whose parts were changed. */
async function alter(xsuaa: XsuaaDouble, change: (parts: Parts) => readonly string[]): Promise<string> {
  const [header = '', payload = '', signature = ''] = (await xsuaa.issue()).split('.');
  return `Bearer ${change([header, payload, signature]).join('.')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** CVE-2015-9235 and its like: a verifier that lets the header choose takes the public key for the shared secret. */
async function signWithPublicKey(xsuaa: XsuaaDouble): Promise<string> {
  const pem = createPublicKey({ key: xsuaa.publicKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const jwt = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'key-1' }).sign(Buffer.from(pem));
  return `Bearer ${jwt}`;
}

async function signWithAnotherKey({ embedded = false }): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const foreign = { jwk: await exportJWK(publicKey), jku: 'https://127.0.0.1:9/jwks', x5u: 'https://127.0.0.1:9/x5u' };
  const jwt = await new SignJWT(claims())
    .setProtectedHeader({ alg: 'RS256', kid: 'key-1', ...(embedded && foreign) })
    .sign(privateKey);
  return `Bearer ${jwt}`;
}
