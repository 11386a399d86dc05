import type { ScenarioResult } from '../scenario';
import { confirmedThumbprint } from '../tokens/claims';
import { formatMoment, formatRelative } from './format';

export interface ClaimRow {
  readonly name: string;
  /** As it stands in the token, as JSON; text without its quotes. */
  readonly value: string;
  /** A reading of the value for people, e.g. the moment behind a number of seconds. */
  readonly reading?: string;
  readonly meaning: string;
  /** Whether the backend answered with the same claim and value after it had validated the token. */
  readonly verified: boolean;
}

/** In the order in which the page shows them; other claims follow in the order of the token. */
const MEANINGS: Readonly<Record<string, string>> = {
  cnf: 'Confirmation (RFC 7800, RFC 8705): the thumbprint of the certificate that must come with this token.',
  iss: 'Issuer: the service that issued and signed the token.',
  sub: 'Subject: whom the token is about; with client credentials the client itself.',
  aud: 'Audience: the applications that may accept the token.',
  azp: 'Authorized party: the client that the token was issued to.',
  client_id: 'The OAuth client that fetched the token.',
  cid: 'The OAuth client again, under XSUAA’s own name for it.',
  scope: 'What the token permits; a scope begins with the application that defines it.',
  authorities: 'The scopes that were granted to the client itself.',
  grant_type: 'The OAuth flow in which the token was issued.',
  iat: 'Issued at, in seconds since 1970.',
  nbf: 'Not before: the token is not accepted earlier.',
  exp: 'Expiry: the token is not accepted from this moment on.',
  jti: 'The number of this token, unique for its issuer.',
  zid: 'Identity zone: the tenant, on Cloud Foundry the subaccount, that the token is valid in.',
  app_tid: 'The tenant of the application that the token is valid in.',
  zone_uuid: 'The tenant again, under the name that Identity used before app_tid.',
  rev_sig: 'Revocation signature: a digest of the client’s credentials when the token was issued.',
  ext_attr: 'What XSUAA adds: that it issued the token, for which subaccount and instance.',
  sap_id_type: 'Whether a user or an application is the subject.',
  ias_iss: 'The SAP-owned name of the issuer, where the tenant has a domain of its own.',
  ias_apis: 'The APIs of the provider that the client may call.',
  user_name: 'Login name of the user.',
  email: 'E-mail address of the user.',
  given_name: 'First name of the user.',
  family_name: 'Last name of the user.',
  user_uuid: 'The user’s id across SAP applications.',
  scim_id: 'The user’s id in the identity directory.',
  user_id: 'The user’s id in XSUAA.',
  origin: 'The identity provider that the user logged in with.',
  groups: 'Groups of the user in the identity directory.',
  azp_app_tid: 'The tenant of the client that the token was issued to.',
  auth_time: 'When the user logged in.',
  nonce: 'Value of the login request that the id token answers.',
  at_hash: 'Digest of the access token that came along.',
};

const RANKS = new Map(Object.keys(MEANINGS).map((name, index) => [name, index]));
const MOMENTS = new Set(['iat', 'nbf', 'exp', 'auth_time']);
/** Seconds: the last moment that JavaScript can express. */
const LATEST = 8.64e12;
const UNKNOWN = 'Set by the issuer; no standard gives it a meaning.';

/** Describes the claims of a result's token: `cnf` first, each with its meaning and whether the backend verified it. */
export function describeClaims(result: ScenarioResult, now: Date): readonly ClaimRow[] {
  const verified = readVerifiedClaims(result);
  const claims = Object.entries(result.token?.claims ?? {});
  const rank = (name: string): number => RANKS.get(name) ?? RANKS.size;
  return claims
    .map(([name, value]) => ({
      name,
      value: claimText(name, value),
      ...readMoment(name, value, now),
      meaning: Object.hasOwn(MEANINGS, name) ? (MEANINGS[name] ?? UNKNOWN) : UNKNOWN,
      verified: Object.hasOwn(verified, name) && JSON.stringify(verified[name]) === JSON.stringify(value),
    }))
    .sort((one, other) => rank(one.name) - rank(other.name));
}

/** Returns the thumbprint that the token is bound to; undefined for a token without or with a malformed `cnf`. */
export function boundThumbprint({ token }: ScenarioResult): string | undefined {
  return confirmedThumbprint(token?.claims);
}

/** The moment at which the token expires; undefined where it does not say. */
export function expiryOf({ token }: ScenarioResult): Date | undefined {
  const exp = token?.claims['exp'];
  return typeof exp === 'number' && Math.abs(exp) <= LATEST ? new Date(exp * 1000) : undefined;
}

export interface VerifiedFact {
  readonly label: string;
  readonly value: string;
}

/** By the claim; of several names for the same, a token has one. */
const FACTS: Readonly<Record<string, string>> = {
  sub: 'Subject',
  app_tid: 'Zone (app_tid, formerly zone_uuid)',
  zone_uuid: 'Zone (zone_uuid)',
  zid: 'Zone (zid)',
  iss: 'Issuer',
  aud: 'Audience',
  cnf: 'Certificate (cnf)',
};

/** What tells who has called, for whom and with which certificate, as the backend says it has verified it. */
export function listVerifiedFacts(result: ScenarioResult): readonly VerifiedFact[] {
  const verified = readVerifiedClaims(result);
  return Object.entries(FACTS)
    .filter(([name]) => Object.hasOwn(verified, name))
    .map(([name, label]) => ({ label, value: factText(name, verified[name]) }));
}

function factText(name: string, value: unknown): string {
  const thumbprint = name === 'cnf' ? confirmedThumbprint({ cnf: value }) : undefined;
  if (Array.isArray(value)) return value.map(String).join(', ');
  return thumbprint ?? (typeof value === 'string' ? value : JSON.stringify(value));
}

/** The backend answers with the claims that it has verified; an answer of any other shape verifies nothing. */
function readVerifiedClaims({ backend }: ScenarioResult): Readonly<Record<string, unknown>> {
  if (backend?.status !== 200 || !isObject(backend.body)) return {};
  const claims = backend.body['claims'];
  return isObject(claims) ? claims : {};
}

/** `cnf` is shown with its name, as the fragment of the token that readers look for. */
function claimText(name: string, value: unknown): string {
  if (name === 'cnf') return `"cnf":${JSON.stringify(value)}`;
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value, null, 2) : (JSON.stringify(value) ?? '');
}

function readMoment(name: string, value: unknown, now: Date): { reading?: string } {
  if (!MOMENTS.has(name) || typeof value !== 'number' || Math.abs(value) > LATEST) return {};
  const moment = new Date(value * 1000);
  return { reading: `${formatMoment(moment)}, ${formatRelative(moment, now)}` };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
