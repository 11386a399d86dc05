import { createHash } from 'node:crypto';
import type { Party, PartyName } from './party';
import type { Forge, TokenAttack } from './forged-tokens';

const OTHER = 'fa11bad0-8d1e-4b5f-9a0c-2f1f4b3f8a11';

const expired = /^The token has expired/;
const early = /^The token is not valid yet/;
const unreadable = /^The token cannot be read as a signed JSON Web Token/;
const wrongAudience = /^The token was issued for another application/;
const wrongZone = /^The token was issued in another subaccount/;
const wrongTenant = /^The token was issued for another tenant of this application/;
const wrongIssuer = /^The token was issued by another issuer/;
const wrongParty = /^The token names its parties in a way that cannot be read/;
const unreadableConfirmation = /^The token is bound, but not to the SHA-256 thumbprint/;
const otherCertificate = /^The token is bound to another client certificate/;

/** Signed by the issuer itself: what is wrong is whom, when or what the token is for. */
export const wrongTimes: readonly TokenAttack[] = [
  ['an expiry a minute ago', signed(() => ({ exp: now() - 60 })), expired],
  ['an expiry in 1970', signed(() => ({ exp: 0 })), unreadable],
  ['a negative expiry', signed(() => ({ exp: -1 })), unreadable],
  ['no expiry', signed(() => ({ exp: undefined })), unreadable],
  ['an expiry that is text', signed(() => ({ exp: 'never' })), unreadable],
  ['an expiry that is null', signed(() => ({ exp: null })), unreadable],
  ['a begin in an hour', signed(() => ({ nbf: now() + 3600 })), early],
];

export const wrongAudiences: readonly TokenAttack[] = [
  ['another audience', signed(() => ({ aud: ['sb-other!t1'], cid: 'sb-other!t1', scope: [] })), wrongAudience],
  ['no audience', signed(() => ({ aud: undefined, cid: undefined, scope: undefined })), wrongAudience],
  [
    'an audience that only begins like this one',
    signed(({ signer }) => ({ aud: [`${String(signer.claims.sub)}0`], cid: 'x', scope: [] })),
    wrongAudience,
  ],
  ['an audience that is a number', signed(() => ({ aud: 5, cid: undefined })), wrongAudience],
  ['an audience that is an object', signed(() => ({ aud: { length: 1 }, cid: undefined })), wrongAudience],
];

/** The router passes the right certificate on: what the token says of it is not what RFC 8705 §3.1 lets it say. */
export const wrongConfirmations: readonly TokenAttack[] = [
  ['the thumbprint of another certificate', confirmed(() => ({ 'x5t#S256': digest('another') })), otherCertificate],
  ['cnf a list', confirmed((hash) => [{ 'x5t#S256': hash }]), unreadableConfirmation],
  ['cnf the thumbprint itself', confirmed((hash) => hash), unreadableConfirmation],
  ['cnf a number', confirmed(() => 5), unreadableConfirmation],
  ['cnf true', confirmed(() => true), unreadableConfirmation],
  ['cnf null', confirmed(() => null), unreadableConfirmation],
  ['cnf empty', confirmed(() => ({})), unreadableConfirmation],
  ['cnf with a key only (jkt)', confirmed((hash) => ({ jkt: hash })), unreadableConfirmation],
  ['cnf with a JWK only', confirmed(() => ({ jwk: { kty: 'RSA' } })), unreadableConfirmation],
  ['an SHA-1 thumbprint only (x5t)', confirmed((hash) => ({ x5t: hash.slice(0, 27) })), unreadableConfirmation],
  ['the member in lower case', confirmed((hash) => ({ 'x5t#s256': hash })), unreadableConfirmation],
  [
    'two thumbprints in a list, the right one first',
    confirmed((hash) => ({ 'x5t#S256': [hash, digest('another')] })),
    unreadableConfirmation,
  ],
  [
    'two thumbprints separated by a comma',
    confirmed((hash) => ({ 'x5t#S256': `${hash},${digest('another')}` })),
    unreadableConfirmation,
  ],
  ['two members, of which the last counts (RFC 7519 §4)', twoMembers, otherCertificate],
  ['a padded thumbprint', confirmed((hash) => ({ 'x5t#S256': `${hash}=` })), unreadableConfirmation],
  ['a thumbprint with a blank behind', confirmed((hash) => ({ 'x5t#S256': `${hash} ` })), unreadableConfirmation],
  [
    'a thumbprint in hexadecimal',
    confirmed((hash) => ({ 'x5t#S256': Buffer.from(hash, 'base64url').toString('hex') })),
    unreadableConfirmation,
  ],
  [
    'a thumbprint in base64',
    confirmed((hash) => ({ 'x5t#S256': Buffer.from(hash, 'base64url').toString('base64') })),
    unreadableConfirmation,
  ],
  ['an empty thumbprint', confirmed(() => ({ 'x5t#S256': '' })), unreadableConfirmation],
];

/** What only the tokens of XSUAA have. */
const wrongZones: readonly TokenAttack[] = [
  ['another zone', signed(() => ({ zid: OTHER })), wrongZone],
  ['no zone', signed(() => ({ zid: undefined })), wrongZone],
  [
    'a zone that adds to the address of the keys',
    signed(({ signer }) => ({ zid: `${String(signer.claims['zid'])}&zid=${OTHER}` })),
    wrongZone,
  ],
  ['a zone that is an address', signed((_, attacker) => ({ zid: `@${attacker}/` })), wrongZone],
  ['a zone that breaks the line', signed(() => ({ zid: 'a\r\nHost: evil.example' })), wrongZone],
  ['a list of zones with the right one', signed(({ signer }) => ({ zid: [signer.claims['zid']] })), wrongZone],
];

/** The attacker listens on the issuer's host; the landscape's `domains` of IAS hold the bare host localhost, too. */
const wrongIssuers: readonly TokenAttack[] = [
  ['another issuer', signed(() => ({ iss: 'https://other.accounts.ondemand.com' })), wrongIssuer],
  [
    'the attacker on the trusted host as issuer',
    signed((_, attacker) => ({ iss: `https://${attacker}` })),
    wrongIssuer,
  ],
  [
    'the attacker behind the issuer’s name',
    signed(({ signer }, attacker) => ({ iss: `${String(signer.claims.iss)}@${attacker}` })),
    wrongIssuer,
  ],
  [
    'the issuer over http',
    signed(({ signer }) => ({ iss: String(signer.claims.iss).replace('https', 'http') })),
    wrongIssuer,
  ],
  ['no issuer', signed(() => ({ iss: undefined })), wrongIssuer],
];

/** What only the tokens of SAP Cloud Identity Services have. */
const wrongTenants: readonly TokenAttack[] = [
  ['the attacker as ias_iss', signed((_, attacker) => ({ ias_iss: `https://${attacker}` })), wrongIssuer],
  ['another tenant', signed(() => ({ app_tid: OTHER })), wrongTenant],
  ['no tenant', signed(() => ({ app_tid: undefined })), wrongTenant],
  [
    'a client that breaks the header of the request for keys',
    signed(() => ({ azp: 'a\r\nHost: evil.example' })),
    wrongParty,
  ],
];

/** Of whom or for whom each issuer's tokens say to be. */
export const wrongOrigins: Readonly<Record<PartyName, readonly TokenAttack[]>> = {
  XSUAA: wrongZones,
  Identity: [...wrongIssuers, ...wrongTenants],
  'the authorization server': wrongIssuers,
};

/** A token of the issuer, bound to the party's certificate, with these claims changed. */
function signed(claims: (party: Party, attacker: string) => Readonly<Record<string, unknown>>): Forge {
  return (party, attacker) => party.signer.sign(claims(party, attacker));
}

/** A token of the issuer with another claim `cnf`; `cnf` gets the thumbprint that it should have. */
function confirmed(cnf: (thumbprint: string) => unknown): Forge {
  return (party) => party.signer.sign({ cnf: cnf(thumbprintOf(party)) });
}

function twoMembers(party: Party): string {
  const claims = JSON.stringify({ ...party.signer.claims, cnf: undefined }).slice(0, -1);
  const cnf = `{"x5t#S256":"${thumbprintOf(party)}","x5t#S256":"${digest('another')}"}`;
  return party.signer.signText(`${claims},"cnf":${cnf}}`);
}

function thumbprintOf({ line }: Party): string {
  return createHash('sha256').update(Buffer.from(line, 'base64')).digest('base64url');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
