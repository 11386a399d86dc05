import type { Finding } from '../findings';
import { computeThumbprint } from '../pki/certificate';
import type { ClientIdentity } from '../pki/keystore';
import { formatTime, readAudience, readConfirmation, type Claims } from './claims';
import type { ServerFlight } from './server-flight';

/** A token that a server refused with 401, and what it said. */
export interface RefusedToken {
  readonly token: { readonly claims: Claims | undefined } | undefined;
  /** `error` of the challenge, RFC 6750 §3.1. */
  readonly error: string | undefined;
  readonly description: string;
  readonly flight: ServerFlight | undefined;
  readonly identity: ClientIdentity | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Cause {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What the texts of xssec, Spring and others mean, where the claims alone do not tell. */
const causesByText: ReadonlyArray<readonly [pattern: RegExp, cause: Omit<Cause, 'message'>]> = [
  [
    /audience|another application|issued for/i,
    {
      code: 'token-audience',
      remedy:
        'Fetch the token with a key of the instance that the target is bound to; with IAS name the target with --resource.',
    },
  ],
  [
    /only tokens that are bound/i,
    { code: 'token-unbound', remedy: 'Fetch the token with a certificate: call with --token and a key of type x509.' },
  ],
  [
    /signature|\bkid\b|not signed/i,
    {
      code: 'token-signature',
      remedy: 'The token was changed, or comes from another landscape than the target: fetch a new one.',
    },
  ],
  [
    /issuer|tenant|identity zone|trust/i,
    { code: 'token-issuer', remedy: 'The target trusts another issuer or tenant: use a key of the same subaccount.' },
  ],
  [/expired/i, { code: 'token-expired', remedy: 'Fetch a new one: call with --token.' }],
];

/** Finds out why a token was refused: by its claims and the certificate of the call first, then by what the server says. */
export function judgeRefusedToken(refused: RefusedToken): Finding {
  const { description } = refused;
  const said = description === '' ? '' : ` The server says: "${description}"`;
  const cause = judgeTime(refused) ??
    judgeConfirmation(refused) ??
    judgeText(refused) ?? {
      code: 'token-refused',
      message: 'The server does not accept the token.',
      remedy: 'Look at its claims (mtls token KEY): is it for this target, of this subaccount, and valid now?',
    };
  return {
    severity: 'error',
    where: 'target, answer',
    code: cause.code,
    message: `${cause.message}${said}`,
    remedy: cause.remedy,
  };
}

function judgeTime({ token, now }: RefusedToken): Cause | undefined {
  const { exp, nbf } = token?.claims ?? {};
  if (typeof exp === 'number' && exp * 1000 <= now)
    return {
      code: 'token-expired',
      message: `The token expired on ${formatTime(exp) ?? 'a date that is none'}.`,
      remedy: 'Fetch a new one: call with --token, or run mtls token KEY --raw again.',
    };
  if (typeof nbf === 'number' && nbf * 1000 > now)
    return {
      code: 'token-early',
      message: `The token is valid only from ${formatTime(nbf) ?? 'a date that is none'}.`,
      remedy: "Is this computer's clock right?",
    };
  return undefined;
}

/** RFC 8705 §3: a bound token is good only together with its certificate. */
function judgeConfirmation({ token, flight, identity }: RefusedToken): Cause | undefined {
  const bound = token?.claims && readConfirmation(token.claims);
  if (bound === undefined) return undefined;
  if (flight === undefined || flight.clientCertificate === 'not-requested')
    return {
      code: 'token-certificate-not-requested',
      message: `The token is bound to a certificate (${bound}), and this address does not ask for one.`,
      remedy: 'Call the certificate route, on Cloud Foundry the one with ".cert." in its host.',
    };
  if (identity === undefined)
    return {
      code: 'token-certificate-missing',
      message: `The token is bound to a certificate (${bound}), and none was shown.`,
      remedy:
        'Call with the key that the token was fetched with. Whoever has only the token cannot use it: that is what the binding is for.',
    };
  const shown = computeThumbprint(identity.chain.certificates[0]);
  if (shown === bound) return undefined;
  return {
    code: 'token-certificate-other',
    message: `The token is bound to the certificate ${bound}, and ${shown} was shown.`,
    remedy: 'Call with the key that the token was fetched with. A token that was stolen is refused like this.',
  };
}

function judgeText({ description, error, token }: RefusedToken): Cause | undefined {
  const found = causesByText.find(([pattern]) => pattern.test(`${description} ${error ?? ''}`));
  if (found === undefined) return undefined;
  const [, cause] = found;
  const audience = token?.claims === undefined ? [] : readAudience(token.claims);
  const detail = cause.code === 'token-audience' && audience.length > 0 ? ` It is for ${audience.join(', ')}.` : '';
  return { ...cause, message: `The server does not accept the token.${detail}` };
}
