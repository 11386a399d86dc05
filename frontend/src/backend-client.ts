import { measureHop } from './hop-outcome';
import type { Hop } from './hops';
import { concealSecret, parseJson, readChallenge } from './upstream/answer';
import type { HttpAnswer, HttpClient } from './upstream/http-client';
import { describeRefusal, statusWithReason } from './upstream/refusal';
import type { Upstream, UpstreamError } from './upstream/upstream';

export interface BackendAnswer {
  readonly status: number;
  /** Parsed when it is JSON, else the text as it came. */
  readonly body: unknown;
}

export type BackendOutcome =
  | { readonly ok: true; readonly hop: Hop; readonly answer: BackendAnswer }
  | {
      readonly ok: false;
      readonly hop: Hop;
      readonly error: UpstreamError;
      /** Undefined when none came. */
      readonly answer: BackendAnswer | undefined;
    };

/** The code of the failure after which a new token is worth a try (RFC 6750 §3.1, `invalid_token`). */
export const TOKEN_INVALID = 'backend-token-invalid';

/** Calls the backend with a bearer token. Only a 2xx is a success. */
export async function callBackend(
  http: HttpClient,
  backend: Upstream,
  { url, token }: { readonly url: URL; readonly token: string },
): Promise<BackendOutcome> {
  let answer: BackendAnswer | undefined;
  const outcome = await measureHop(
    {
      from: 'frontend',
      to: 'backend',
      method: 'GET',
      path: url.pathname,
      purpose: 'call of the backend',
      authentication: { kind: 'bearer' },
    },
    async () => {
      const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
      const raw = await http.send(backend, { method: 'GET', url, headers });
      const refused = raw.status < 200 || raw.status > 299;
      const told = refused ? concealSecret(raw, token) : raw;
      answer = { status: told.status, body: readBody(told) };
      if (refused) throw explainRefusal(told, backend, url);
      return { status: told.status, value: answer };
    },
  );
  return outcome.ok
    ? { ok: true, hop: outcome.hop, answer: outcome.value }
    : { ok: false, hop: outcome.hop, error: outcome.error, answer };
}

function readBody({ headers, text }: HttpAnswer): unknown {
  const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(headers['content-type'] ?? '');
  return (isJson ? parseJson(text) : undefined) ?? text;
}

interface Refusal {
  readonly kind: string;
  readonly status: UpstreamError['status'];
  readonly says: string;
  readonly remedy: string;
}

/** The backend's own 401 would ask our caller to log in, who has nothing to do with it: it becomes a 502. */
function explainRefusal(answer: HttpAnswer, backend: Upstream, url: URL): UpstreamError {
  const { kind, status, says, remedy } = explain(answer, backend, url);
  return describeRefusal(answer, {
    code: kind === 'token-invalid' ? TOKEN_INVALID : `backend-${kind}`,
    status,
    description: `The backend ${says} (${statusWithReason(answer)}).`,
    remedy,
  });
}

function explain(answer: HttpAnswer, { addressFrom }: Upstream, url: URL): Refusal {
  return explainToken(answer, addressFrom) ?? explainAddress(answer, addressFrom, url) ?? explainTrouble(answer.status);
}

function explainToken({ status, headers }: HttpAnswer, addressFrom: string): Refusal | undefined {
  if (status === 401 && readChallenge(headers['www-authenticate']).error === 'invalid_token')
    return {
      kind: 'token-invalid',
      status: 502,
      says: 'refused the token',
      remedy:
        'Check that the backend is bound to the XSUAA instance whose service key the destination was made from; ' +
        'after a change there, `mtls destination deploy` again.',
    };
  if (status === 401)
    return {
      kind: 'unauthorized',
      status: 502,
      says: 'asked for another authentication than the token',
      remedy: `Check that ${addressFrom} leads to the backend.`,
    };
  if (status === 403)
    return {
      kind: 'forbidden',
      status: 502,
      says: 'accepted the token, but it does not permit this call',
      remedy: 'Grant the missing scope to the client of the destination in xs-security.json, and update the instance.',
    };
  return undefined;
}

/** Cloud Foundry's router marks the answers that are its own and not of an app. */
function explainAddress({ status, headers }: HttpAnswer, addressFrom: string, { href }: URL): Refusal | undefined {
  if (['unknown_route', 'no_endpoints'].includes(headers['x-cf-routererror'] ?? ''))
    return {
      kind: 'unreachable',
      status: 502,
      says: `does not run: the router has no app to give ${href} to`,
      remedy: `Start it (\`cf start backendmtls\`), or correct ${addressFrom}.`,
    };
  if (status === 404)
    return {
      kind: 'path-unknown',
      status: 502,
      says: `has nothing at ${href}`,
      remedy: `Correct ${addressFrom}: it must be the address of the backend, without /endpoint.`,
    };
  return undefined;
}

function explainTrouble(status: number): Refusal {
  const again = 'Try again in a moment.';
  if (status === 429 || status === 503)
    return { kind: 'unavailable', status: 503, says: 'cannot serve the call at the moment', remedy: again };
  if (status === 504) return { kind: 'late', status: 504, says: 'did not get its own answer in time', remedy: again };
  const remedy = 'See the log of the backend: `cf logs backendmtls --recent`.';
  return status >= 500
    ? { kind: 'failed', status: 502, says: 'failed', remedy }
    : { kind: 'answer-unexpected', status: 502, says: 'gave an unexpected answer', remedy };
}
