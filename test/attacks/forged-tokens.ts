import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { sealToken, type Header } from '../support/token-signer';
import type { Party } from './party';

/** Makes a token; `attacker` is a host that wants to be asked for keys. */
export type Forge = (party: Party, attacker: string) => string;
/** What is done, how, and what the backend must say of it. */
export type TokenAttack = readonly [name: string, forge: Forge, description: RegExp];

const unreadable = /^The token cannot be read as a signed JSON Web Token/;
const wrongAlgorithm = /^The signature algorithm of the token is not accepted/;
const wrongSignature = /^The signature of the token is wrong/;
const unknownKey = /^The token is not signed with a key that its issuer publishes/;

/** Which of two reasons comes first depends on the library that checks the issuer's tokens. */
const eitherOf = (...reasons: readonly RegExp[]): RegExp => new RegExp(reasons.map(({ source }) => source).join('|'));

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const spellingsOfNone = ['none', 'None', 'NONE', 'nOnE', ' none', 'none\u0000', ''];
const noSignature: readonly TokenAttack[] = [
  ...spellingsOfNone.flatMap((alg): TokenAttack[] => [
    [`alg ${JSON.stringify(alg)} without a signature`, (party) => seal(party, { alg }, () => ''), unreadable],
    [
      `alg ${JSON.stringify(alg)} with the signature of a good token`,
      (party) => withHeader(party, { alg }),
      wrongAlgorithm,
    ],
  ]),
  ['no alg', (party) => withHeader(party, { alg: undefined }), wrongAlgorithm],
  ['alg null', (party) => withHeader(party, { alg: null }), wrongAlgorithm],
  [
    'alg a list with a good one',
    (party) => withHeader(party, { alg: ['RS256'] }),
    eitherOf(unreadable, wrongAlgorithm),
  ],
  ['an empty signature', (party) => changed(party, (parts) => [parts[0], parts[1], '']), unreadable],
  ['no third part', (party) => changed(party, (parts) => [parts[0], parts[1]]), unreadable],
  ['a signature of one byte zero', (party) => changed(party, (parts) => [parts[0], parts[1], 'AA']), wrongSignature],
  ['a signature of zeros', (party) => seal(party, {}, () => Buffer.alloc(256)), wrongSignature],
  ['half a signature', (party) => changed(party, ([a, b, c]) => [a, b, c.slice(0, c.length / 2)]), wrongSignature],
  ['a signature in three parts more', (party) => `${party.bound}.${party.bound}`, unreadable],
];

const formsOfPublicKey: Readonly<Record<string, (key: KeyObject) => string | Buffer>> = {
  PEM: (key) => key.export({ type: 'spki', format: 'pem' }),
  'PEM without line end': (key) => key.export({ type: 'spki', format: 'pem' }).toString().trimEnd(),
  'PEM of PKCS #1': (key) => key.export({ type: 'pkcs1', format: 'pem' }),
  DER: (key) => key.export({ type: 'spki', format: 'der' }),
  'its modulus': (key) => key.export({ format: 'jwk' }).n ?? '',
};
const confusedKeys: readonly TokenAttack[] = [
  ...Object.entries(formsOfPublicKey).flatMap(([form, exported]) =>
    ['256', '512'].map((bits): TokenAttack => {
      const forge: Forge = (party) =>
        seal(party, { alg: `HS${bits}` }, (input) =>
          createHmac(`sha${bits}`, exported(party.signer.publicKey)).update(input).digest(),
        );
      return [`HS${bits} with the public key (${form}) as the secret`, forge, wrongAlgorithm];
    }),
  ),
  [
    'HS256 with an empty secret',
    (party) => seal(party, { alg: 'HS256' }, (input) => createHmac('sha256', '').update(input).digest()),
    wrongAlgorithm,
  ],
  [
    'ES256 with a signature of zeros',
    (party) => seal(party, { alg: 'ES256' }, () => Buffer.alloc(64)),
    eitherOf(wrongSignature, unknownKey),
  ],
  [
    'ES256 with a key of a stranger',
    (party) =>
      seal(party, { alg: 'ES256' }, (input) =>
        sign('sha256', input, { key: elliptic.privateKey, dsaEncoding: 'ieee-p1363' }),
      ),
    eitherOf(wrongSignature, unknownKey),
  ],
];

/** Header members with which a token would like to choose the key that verifies it (RFC 8725 §3.10). */
const ownKeys: readonly TokenAttack[] = [
  ['a key of a stranger under the issuer’s kid', (party) => byStranger(party, {}), wrongSignature],
  [
    'that key in jwk',
    (party) => byStranger(party, { jwk: stranger.publicKey.export({ format: 'jwk' }) }),
    wrongSignature,
  ],
  [
    'that key in x5c',
    (party) =>
      byStranger(party, { x5c: [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }),
    wrongSignature,
  ],
  ...['jku', 'x5u', 'kid'].flatMap((member) =>
    ['https', 'http'].map((scheme): TokenAttack => {
      const forge: Forge = (party, attacker) => byStranger(party, { [member]: `${scheme}://${attacker}/token_keys` });
      return [`that key at an ${scheme} address in ${member}`, forge, member === 'kid' ? unknownKey : wrongSignature];
    }),
  ),
  [
    'that key at an address in jku, and no kid',
    (party, attacker) => byStranger(party, { jku: `https://${attacker}/`, kid: undefined }),
    unknownKey,
  ],
  [
    'the attacker’s host before the issuer’s in jku',
    (party, attacker) => byStranger(party, { jku: `https://${attacker}@localhost/token_keys` }),
    wrongSignature,
  ],
  ['a kid that is a path', (party) => byStranger(party, { kid: '../../../../../../dev/null' }), unknownKey],
  ['a kid that is SQL', (party) => byStranger(party, { kid: "x' UNION SELECT 'key' --" }), unknownKey],
  ['a kid that every object has', (party) => byStranger(party, { kid: '__proto__' }), unknownKey],
  ['a kid that is an object', (party) => byStranger(party, { kid: { $ne: null } }), unknownKey],
  ['no kid', (party) => byStranger(party, { kid: undefined }), unknownKey],
  [
    'an extension that must be understood, signed by the issuer',
    (party) => party.signer.sign({}, { crit: ['exp'] }),
    /^The token demands extensions that this app does not know/,
  ],
  [
    'the purpose of a logout token, signed by the issuer',
    (party) => party.signer.sign({}, { typ: 'logout+jwt' }),
    /^The token is no (JWT )?access token/,
  ],
];

const edited: readonly TokenAttack[] = [
  [
    'an edited payload',
    (party) => changed(party, ([a, b, c]) => [a, edit(b, { scope: ['admin'], sub: 'admin' }), c]),
    wrongSignature,
  ],
  [
    'an edited thumbprint',
    (party) => changed(party, ([a, b, c]) => [a, edit(b, { cnf: { 'x5t#S256': 'A'.repeat(43) } }), c]),
    wrongSignature,
  ],
  ['no cnf any more', (party) => changed(party, ([a, b, c]) => [a, edit(b, { cnf: undefined }), c]), wrongSignature],
  ['a longer life', (party) => changed(party, ([a, b, c]) => [a, edit(b, { exp: 4_102_444_800 }), c]), wrongSignature],
  [
    'the signature of another token of the issuer',
    (party) => changed(party, ([a, b]) => [a, b, party.signer.sign({ sub: 'x' }).split('.')[2] ?? '']),
    wrongSignature,
  ],
  ['a payload that is null', (party) => changed(party, ([a, , c]) => [a, encode('null'), c]), unreadable],
  ['a payload that is no JSON', (party) => changed(party, ([a, , c]) => [a, encode('{'), c]), unreadable],
];

/** Whatever the token says, its signature, its key or its form is wrong: the same for each issuer. */
export const forgedTokens: readonly TokenAttack[] = [...noSignature, ...confusedKeys, ...ownKeys, ...edited];

type Parts = readonly [header: string, payload: string, signature: string];

/** The party's token with other parts. */
function changed({ bound }: Party, change: (parts: Parts) => readonly string[]): string {
  const [header = '', payload = '', signature = ''] = bound.split('.');
  return change([header, payload, signature]).join('.');
}

/** The party's token with another header and the signature that it had. */
function withHeader(party: Party, members: Header): string {
  const header = encode(JSON.stringify({ ...party.signer.header, ...members }));
  return changed(party, ([, payload, signature]) => [header, payload, signature]);
}

/** The party's claims, signed in another way. */
function seal({ signer }: Party, members: Header, signInput: (input: Buffer) => Buffer | string): string {
  return sealToken({ ...signer.header, ...members }, JSON.stringify(signer.claims), (input) =>
    Buffer.from(signInput(input)),
  );
}

function byStranger(party: Party, members: Header): string {
  return seal(party, members, (input) => sign('sha256', input, stranger.privateKey));
}

function edit(payload: string, members: object): string {
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return encode(JSON.stringify({ ...claims, ...members }));
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
