import { resolveBelow } from './addresses';
import { measureHop } from './hop-outcome';
import type { Hop } from './hops';
import { CERTIFICATE_MISSING, explainRefusal } from './backend-refusal';
import { concealSecret, parseJson } from './upstream/answer';
import type { Connections } from './upstream/connections';
import type { HttpAnswer } from './upstream/http-client';
import type { Upstream, UpstreamError } from './upstream/upstream';

/** What the scenarios call. */
export const BACKEND_PATH = '/endpoint';

/** Base addresses live as long as their destination or setting: a request need not put an address together. */
const endpoints = new WeakMap<URL, URL>();

/** The address of what the scenarios call, below the base address of a backend. */
export function endpointBelow(base: URL): URL {
  const known = endpoints.get(base);
  if (known !== undefined) return known;
  const endpoint = resolveBelow(base, BACKEND_PATH);
  endpoints.set(base, endpoint);
  return endpoint;
}

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

/** The backend, with what to do when it refuses a call; each an instruction. */
export interface BackendUpstream extends Upstream {
  readonly remedies: {
    readonly tokenInvalid: string;
    readonly forbidden: string;
    readonly certificateMissing: string;
    readonly bindingRequired: string;
  };
}

export interface BackendCall {
  readonly url: URL;
  readonly token: string;
  /** Thumbprint of the certificate that the token is bound to; undefined for a token that is bound to none. */
  readonly boundTo: string | undefined;
}

/** Calls the backend with a bearer token and, where the address is https, the certificate of the connections. Only a 2xx is a success. */
export async function callBackend(
  { backend: http, thumbprint }: Connections,
  backend: BackendUpstream,
  call: BackendCall,
): Promise<BackendOutcome> {
  const { url, token } = call;
  const shown = url.protocol === 'https:' ? thumbprint : undefined;
  let answer: BackendAnswer | undefined;
  const outcome = await measureHop(
    {
      from: 'frontend',
      to: 'backend',
      method: 'GET',
      path: url.pathname,
      purpose: 'call of the backend',
      authentication: { kind: 'bearer', ...(shown !== undefined && { 'x5t#S256': shown }) },
    },
    async () => {
      const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
      const raw = await http.send(backend, { method: 'GET', url, headers });
      const refused = raw.status < 200 || raw.status > 299;
      const told = refused ? concealSecret(raw, token) : raw;
      answer = { status: told.status, body: readBody(told) };
      if (refused) throw explainRefusal(told, backend, { ...call, shown });
      return { status: told.status, value: answer };
    },
  );
  if (outcome.ok) return { ok: true, hop: outcome.hop, answer: outcome.value };
  const { hop, error } = outcome;
  // A server asks for a certificate or not, and TLS does not tell this app: here the backend does.
  const seen = error.code === CERTIFICATE_MISSING ? { ...hop, authentication: { kind: 'bearer' } as const } : hop;
  return { ok: false, hop: seen, error, answer };
}

function readBody({ headers, text }: HttpAnswer): unknown {
  const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(headers['content-type'] ?? '');
  return (isJson ? parseJson(text) : undefined) ?? text;
}
