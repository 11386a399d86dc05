import { createHash } from 'node:crypto';
import { invalidGrant, invalidRequest } from './oauth-error';
import { isSameText } from './same-text';

/** How a client proves that the code it brings is the answer to its own request (RFC 7636). */
export interface CodeChallenge {
  readonly method: ChallengeMethod;
  readonly challenge: string;
}

type ChallengeMethod = 'S256' | 'plain';

const FORM = /^[\w.~-]{43,128}$/;
const WORDS = 'length must between 43 and 128 and use only [A-Z],[a-z],[0-9],_,.,-,~ characters.';

/**
 * Reads the challenge of an authorization request; undefined when it has none.
 * @throws {OAuthError} invalid_request, in UAA's words.
 */
export function readCodeChallenge(
  challenge: string | undefined,
  method: string | undefined,
): CodeChallenge | undefined {
  if (challenge === undefined) {
    if (method === undefined) return undefined;
    throw invalidRequest('code_challenge_method comes without a code_challenge.');
  }
  if (!FORM.test(challenge)) throw invalidRequest(`Code challenge ${WORDS}`);
  // RFC 7636 §4.3: plain is what it means to name no method.
  if (method === undefined || method === 'plain') return { method: 'plain', challenge };
  if (method !== 'S256') throw invalidRequest('Unsupported code challenge method. Supported: [S256, plain]');
  return { method, challenge };
}

/**
 * Checks the verifier of a token request against the challenge of the authorization request.
 * @throws {OAuthError} invalid_grant when it is missing, superfluous or another one, invalid_request when it is none.
 */
export function checkCodeVerifier(expected: CodeChallenge | undefined, verifier: string | undefined): void {
  if (verifier !== undefined && !FORM.test(verifier)) throw invalidRequest(`Code verifier ${WORDS}`);
  if (expected === undefined) {
    if (verifier === undefined) return;
    throw invalidGrant('PKCE error: Code verifier not required for this authorization code.');
  }
  if (verifier === undefined)
    throw invalidGrant('PKCE error: Code verifier must be provided for this authorization code.');
  const actual = expected.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  if (!isSameText(actual, expected.challenge)) throw invalidGrant('Invalid code verifier');
}
