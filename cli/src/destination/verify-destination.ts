import type { Finding } from '../findings';
import { describeAnswer } from '../probe/answer-text';
import { decodeClaims, readConfirmation, type Claims } from '../probe/claims';
import type { FoundDestination, Level } from './destination-service';
import { isForUsers } from './property-names';

export interface Verification {
  /** Claims of the token, decoded and not verified; absent where there is none or it is opaque. */
  readonly claims?: Claims;
  readonly findings: readonly Finding[];
}

export interface Expectation {
  readonly name: string;
  readonly level: Level;
  /** base64url(SHA-256) of the uploaded keystore's certificate. */
  readonly thumbprint: string;
  readonly tokenUrl: string;
}

/**
 * Judges what a find returned: is it ours, does it carry a token, is that bound to the keystore's certificate? A find
 * without a user brings no token of a destination for users, and there is none to judge.
 */
export function verifyFoundDestination(found: FoundDestination, expected: Expectation): Verification {
  const findings: Finding[] = [];
  const ownerInstance = found.owner?.InstanceId ?? undefined;
  if (expected.level === 'subaccount' && ownerInstance !== undefined) findings.push(shadowed(expected.name));
  if (isForUsers(found.destinationConfiguration)) return { findings };
  const [entry] = found.authTokens;
  if (entry === undefined) return { findings: [...findings, noToken(expected.name)] };
  if (entry.error !== undefined && entry.error !== null && entry.error !== '')
    return { findings: [...findings, retrievalFailed(entry.error, expected)] };
  const claims = decodeClaims(entry.value);
  if (claims === undefined) return { findings: [...findings, notDecodable(expected.name)] };
  findings.push(...judgeBinding(claims, expected));
  return { claims, findings };
}

export function shadowed(name: string): Finding {
  return {
    code: 'destination-shadowed',
    severity: 'error',
    where: 'Destination Service',
    message: `There is a destination ${name} on the service instance too: a find returns that one and never the subaccount's.`,
    remedy: 'Deploy with --level instance, or delete the one on the instance.',
  };
}

function judgeBinding(claims: Claims, { name, thumbprint }: Expectation): Finding[] {
  const bound = readConfirmation(claims);
  if (bound === thumbprint) return [];
  const where = 'Destination Service to XSUAA';
  if (bound === undefined)
    return [
      {
        code: 'token-unbound',
        severity: 'error',
        where,
        message: `The token of ${name} is bound to no certificate (it has no cnf.x5t#S256).`,
        remedy: 'The token endpoint did not use the certificate: is tokenServiceURL on the host of "certurl"?',
      },
    ];
  return [
    {
      code: 'token-of-former-certificate',
      severity: 'error',
      where,
      message: `The token of ${name} is bound to ${bound}, which is not the keystore's certificate (${thumbprint}).`,
      remedy:
        'The Destination Service still has a token that it fetched with the former keystore; it is replaced when it expires. Run the command again then.',
    },
  ];
}

function retrievalFailed(error: string, { name, tokenUrl }: Expectation): Finding {
  const text = describeAnswer(error);
  return {
    code: 'token-retrieval-failed',
    severity: 'error',
    where: 'Destination Service to XSUAA',
    message: `The Destination Service gets no token for ${name} from ${tokenUrl}: ${text}`,
    remedy: remedyFor(text),
  };
}

/** What the texts of the service mean in a deployment with a keystore; the first that fits counts. */
const remediesByText: ReadonlyArray<readonly [pattern: RegExp, remedy: string]> = [
  [
    /\bcerturl\b.*counts|counts at .*\bcerturl\b/i,
    'tokenServiceURL is on the host of "url": use "certurl" with /oauth/token at its end.',
  ],
  [
    /X-tenant|\{tenant\}/i,
    'tokenServiceURLType Common needs the header X-tenant from the application, Dedicated must not have it.',
  ],
  [
    /expired|not valid before/i,
    'Have a new certificate made (bind anew or create the key again), extract it and deploy again.',
  ],
  [
    /keystore|key store/i,
    'tokenService.KeyStoreLocation must be the name of an uploaded keystore on the same level, with key and certificate in it.',
  ],
  [/\b40[45]\b|not found/i, 'tokenServiceURL must be certurl with /oauth/token at its end.'],
  [
    /bad credentials|client authentication failed|does not exist|invalid_client|unauthorized/i,
    'XSUAA does not know this pair of client id and certificate: the binding or key of the keystore was deleted or renewed, or clientId is of another instance. Extract the certificate anew and deploy again. An empty clientSecret in the destination causes it, too.',
  ],
  [
    /ssl|certificate|handshake/i,
    'The TLS connection to the token endpoint failed: expired certificate, incomplete chain, or not the host of "certurl".',
  ],
];

function remedyFor(text: string): string {
  const found = remediesByText.find(([pattern]) => pattern.test(text));
  return (
    found?.[1] ??
    'Can the service reach tokenServiceURL from where it runs? An address on localhost or behind a firewall it cannot.'
  );
}

function noToken(name: string): Finding {
  return {
    code: 'token-missing',
    severity: 'error',
    where: 'Destination Service',
    message: `The Destination Service returns ${name} without any token.`,
    remedy: 'Authentication must be OAuth2ClientCredentials; look at the destination in the cockpit.',
  };
}

function notDecodable(name: string): Finding {
  return {
    code: 'token-opaque',
    severity: 'error',
    where: 'Destination Service to XSUAA',
    message: `The token of ${name} is no JWT, so what it is bound to cannot be told.`,
    remedy: 'Is tokenServiceURL the one of XSUAA?',
  };
}
