import { createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import type { IssuerDouble } from './issuer-double';

/** Makes the value of a header Authorization. */
type Make = (issuer: IssuerDouble) => string | Promise<string>;
type Makers = Readonly<Record<string, Make>>;

/** Each of them must be answered with 401: forged, damaged, outdated, or no token at all. */
const ofAnyIssuer: Makers = {
  'payload null': () => forge({}, null),
  'header null': (issuer) => alter(issuer, ([, payload, signature]) => [encode(null), payload, signature]),
  'payload a number': () => forge({}, 5),
  'payload a string': () => forge({}, 'claims'),
  'payload an array': (issuer) => forge({}, [issuer.host]),
  'aud a number': (issuer) => forge({}, { ...claimsOf(issuer), aud: 5 }),
  'aud an object': (issuer) => forge({}, { ...claimsOf(issuer), aud: { [String(claimsOf(issuer).sub)]: true } }),
  'aud an array with a number': (issuer) => forge({}, { ...claimsOf(issuer), aud: [5] }),
  'aud a number, signed': (issuer) => issue(issuer, { aud: 5 }),
  'exp a string': (issuer) => issue(issuer, { exp: '4102444800' }),
  'no exp': (issuer) => issue(issuer, { exp: undefined }),
  'alg none, no signature': (issuer) => alter(issuer, ([, payload]) => [encode({ alg: 'none' }), payload, '']),
  'alg none, signature of a good token': (issuer) =>
    alter(issuer, ([, payload, signature]) => [encode({ alg: 'none', kid: 'key-1' }), payload, signature]),
  'alg a number': (issuer) => forge({ alg: 256 }, claimsOf(issuer)),
  'HS256 with the public key as secret': signWithPublicKey,
  'signed with another key': (issuer) => signWithAnotherKey(issuer, {}),
  'signed with another key, which the header carries': (issuer) => signWithAnotherKey(issuer, { embedded: true }),
  'payload changed': (issuer) =>
    alter(issuer, ([header, , signature]) => [header, encode({ ...claimsOf(issuer), scope: ['admin'] }), signature]),
  'signature changed': (issuer) =>
    alter(issuer, ([header, payload, signature]) => [
      header,
      payload,
      (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1),
    ]),
  'signature of another token': async (issuer) => {
    const [, , signature = ''] = (await issuer.issue()).split('.');
    return alter(issuer, ([header, payload]) => [header, payload, signature]);
  },
  'four parts': (issuer) => alter(issuer, (parts) => [...parts, parts[2]]),
  'characters that base64 decoders skip': (issuer) =>
    alter(issuer, ([header, payload, signature]) => [header, payload, `${signature}!`]),
  expired: (issuer) => issue(issuer, { exp: now() - 120 }),
  'not valid yet': (issuer) => issue(issuer, { nbf: now() + 120 }),
  'a key id that is not published': (issuer) => issue(issuer, {}, { kid: 'key-2' }),
  'a key id that every object has': (issuer) => issue(issuer, {}, { kid: '__proto__' }),
  'no key id': (issuer) => issue(issuer, {}, { kid: undefined }),
  'a token for another purpose': (issuer) => issue(issuer, {}, { typ: 'logout+jwt' }),
  garbage: () => 'Bearer garbage',
  'a.b': () => 'Bearer a.b',
  'a.b.c': () => 'Bearer a.b.c',
  'half a token': async (issuer) => {
    const good = await issuer.issue();
    return `Bearer ${good.slice(0, good.length / 2)}`;
  },
  empty: () => 'Bearer',
  'a good token under another scheme': async (issuer) => `Basic ${await issuer.issue()}`,
  'a good token without a scheme': async (issuer) => issuer.issue(),
};

/** Foreign or odd in what only XSUAA's tokens have. */
const ofXsuaa: Makers = {
  'scope a number, no aud': (xsuaa) => forge({}, { ...claimsOf(xsuaa), aud: undefined, scope: 5 }),
  'cid an object': (xsuaa) => forge({}, { ...claimsOf(xsuaa), cid: {} }),
  'another application': (xsuaa) => issue(xsuaa, { aud: ['sb-other!t1'], cid: 'sb-other!t1' }),
  'another subaccount': (xsuaa) => issue(xsuaa, { zid: 'fa11bad0-8d1e-4b5f-9a0c-2f1f4b3f8a11' }),
  'no subaccount': (xsuaa) => issue(xsuaa, { zid: undefined }),
  'a subaccount that is no text': (xsuaa) => forge({}, { ...claimsOf(xsuaa), zid: { toString: 1 } }),
};

/** Foreign or odd in what only the tokens of SAP Cloud Identity Services have. */
const ofIdentity: Makers = {
  'another application': (ias) => issue(ias, { aud: ['another-client'] }),
  'another application, this one as azp and sub': (ias) => issue(ias, { aud: 'another-client' }),
  'another issuer': (ias) => issue(ias, { iss: 'https://other.accounts.ondemand.com' }),
  'an issuer on another port': (ias) => issue(ias, { iss: 'https://localhost:9' }),
  'an issuer below the trusted domain': (ias) => issue(ias, { iss: `https://evil.${ias.host}` }),
  'an issuer that only begins like this one': (ias) => issue(ias, { iss: `https://${ias.host}.evil.example` }),
  'an issuer with credentials in front': (ias) => issue(ias, { iss: `https://${ias.host}@evil.example` }),
  'an issuer with a slash at the end': (ias) => issue(ias, { iss: `https://${ias.host}/` }),
  'an issuer over http': (ias) => issue(ias, { iss: `http://${ias.host}` }),
  'an issuer that is a number': (ias) => issue(ias, { iss: 5 }),
  'no issuer': (ias) => issue(ias, { iss: undefined }),
  'another issuer behind a custom one': (ias) => issue(ias, { ias_iss: 'https://other.accounts.ondemand.com' }),
  'another tenant': (ias) => issue(ias, { app_tid: 'fa11bad0-8d1e-4b5f-9a0c-2f1f4b3f8a11' }),
  'no tenant': (ias) => issue(ias, { app_tid: undefined }),
  'a tenant that is a number': (ias) => issue(ias, { app_tid: 5 }),
  'a client that is a number': (ias) => issue(ias, { azp: 5 }),
  'a client that breaks a header': (ias) => issue(ias, { azp: 'a\r\nx-app_tid: b' }),
};

/** Foreign or odd in what RFC 9068 demands of a JWT access token. */
const ofOAuth: Makers = {
  'another audience': (server) => issue(server, { aud: 'api://another' }),
  'another issuer': (server) => issue(server, { iss: 'https://other.example' }),
  'an issuer with a slash at the end': (server) => issue(server, { iss: `https://${server.host}/` }),
  'an issuer without a scheme': (server) => issue(server, { iss: server.host }),
  'an issuer that is a number': (server) => issue(server, { iss: 5 }),
  'no issuer': (server) => issue(server, { iss: undefined }),
  'the type of any JWT': (server) => issue(server, {}, { typ: 'JWT' }),
  'the type of a logout token': (server) => issue(server, {}, { typ: 'logout+jwt' }),
  'no type': (server) => issue(server, {}, { typ: undefined }),
  'a type that is a number': (server) => forge({ typ: 5 }, claimsOf(server)),
  'no subject': (server) => issue(server, { sub: undefined }),
  'an issue time that is a text': (server) => issue(server, { iat: 'now' }),
  'an extension that must be understood': (server) => forge({ typ: 'at+jwt', crit: ['exp'] }, claimsOf(server)),
  'no client': (server) => issue(server, { client_id: undefined }),
};

const makers = {
  xsuaa: { ...ofAnyIssuer, ...ofXsuaa },
  identity: { ...ofAnyIssuer, ...ofIdentity },
  oauth: { ...ofAnyIssuer, ...ofOAuth },
} as const;

export type BadTokenFamily = keyof typeof makers;

/** What is wrong with a bad token, one name a kind. */
export const badTokenKinds: Readonly<Record<BadTokenFamily, readonly string[]>> = {
  xsuaa: Object.keys(makers.xsuaa),
  identity: Object.keys(makers.identity),
  oauth: Object.keys(makers.oauth),
};

function familyOf({ binding: { label } }: IssuerDouble): BadTokenFamily {
  if (label === 'user-provided') return 'oauth';
  return label === 'identity' ? 'identity' : 'xsuaa';
}

/** Makes the value of a header Authorization whose token is bad in the way that `kind` names. */
export async function makeBadToken(kind: string, issuer: IssuerDouble): Promise<string> {
  const family: Makers = makers[familyOf(issuer)];
  const make = family[kind];
  if (make === undefined) throw new Error(`There is no bad token "${kind}".`);
  return make(issuer);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function claimsOf({ goodToken }: IssuerDouble): JWTPayload {
  return goodToken.claims;
}

/** A token that looks signed, with the published key id and three bytes instead of a signature. */
function forge(header: object, payload: unknown): string {
  return `Bearer ${encode({ alg: 'RS256', kid: 'key-1', ...header })}.${encode(payload)}.AAAA`;
}

/** A properly signed token with odd claims or header members. */
async function issue(issuer: IssuerDouble, claims: object, header: Record<string, unknown> = {}): Promise<string> {
  return `Bearer ${await issuer.issue(claims as JWTPayload, header)}`; // the point is that they are no proper claims
}

type Parts = readonly [header: string, payload: string, signature: string];

/** A good token whose parts were changed. */
async function alter(issuer: IssuerDouble, change: (parts: Parts) => readonly string[]): Promise<string> {
  const [header = '', payload = '', signature = ''] = (await issuer.issue()).split('.');
  return `Bearer ${change([header, payload, signature]).join('.')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** CVE-2015-9235 and its like: a verifier that lets the header choose takes the public key for the shared secret. */
async function signWithPublicKey(issuer: IssuerDouble): Promise<string> {
  const pem = createPublicKey({ key: issuer.publicKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const jwt = await new SignJWT(claimsOf(issuer))
    .setProtectedHeader({ ...issuer.goodToken.header, alg: 'HS256', kid: 'key-1' })
    .sign(Buffer.from(pem));
  return `Bearer ${jwt}`;
}

async function signWithAnotherKey(issuer: IssuerDouble, { embedded = false }): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const foreign = { jwk: await exportJWK(publicKey), jku: 'https://127.0.0.1:9/jwks', x5u: 'https://127.0.0.1:9/x5u' };
  const jwt = await new SignJWT(claimsOf(issuer))
    .setProtectedHeader({ ...issuer.goodToken.header, alg: 'RS256', kid: 'key-1', ...(embedded && foreign) })
    .sign(privateKey);
  return `Bearer ${jwt}`;
}
