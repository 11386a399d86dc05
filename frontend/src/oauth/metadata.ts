import * as v from 'valibot';
import { measureHop, type HopOutcome } from '../hop-outcome';
import type { Hop } from '../hops';
import { parseJson } from '../upstream/answer';
import type { HttpClient } from '../upstream/http-client';
import { describeRefusal, describeTrouble, statusWithReason } from '../upstream/refusal';
import { UpstreamError, type Upstream } from '../upstream/upstream';

/** What an authorization server says of itself (RFC 8414 §2, RFC 8705 §5), as far as it is used. */
export interface ServerMetadata {
  readonly tokenUrl: URL;
  /** Where clients with a certificate go: the alias where there is one, else the same as everybody. */
  readonly certificateTokenUrl: URL;
  /** Path of the key set; undefined where the server does not say. */
  readonly keysPath: string | undefined;
}

const httpsUrl = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text) && new URL(text).protocol === 'https:', 'must be an https URL'),
  v.transform((text) => new URL(text)),
);
const metadataSchema = v.object({
  issuer: v.string(),
  token_endpoint: httpsUrl,
  jwks_uri: v.optional(httpsUrl),
  // Other members of it are for endpoints that this app never calls (RFC 8705 §5).
  mtls_endpoint_aliases: v.optional(v.object({ token_endpoint: v.optional(httpsUrl) })),
});

/** Where the metadata of an issuer is: RFC 8414 §3.1, and OpenID Connect Discovery 1.0 §4, which some servers have alone. */
export function metadataUrls(issuer: string): readonly [URL, URL] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    new URL(`${origin}/.well-known/oauth-authorization-server${path}`),
    new URL(`${origin}${path}/.well-known/openid-configuration`),
  ];
}

export type MetadataOutcome =
  | { readonly ok: true; readonly metadata: ServerMetadata; readonly hops: readonly Hop[] }
  | { readonly ok: false; readonly error: UpstreamError; readonly hop: Hop; readonly hops: readonly Hop[] };

/** Fetches and checks the metadata of an issuer, in whichever of the two places it is. */
export async function fetchMetadata(http: HttpClient, server: Upstream, issuer: string): Promise<MetadataOutcome> {
  const [first, second] = metadataUrls(issuer);
  const outcome = await fetchFrom(http, server, issuer, first);
  if (outcome.ok || outcome.hop.status !== 404) return toResult(outcome, [outcome.hop]);
  const other = await fetchFrom(http, server, issuer, second);
  return toResult(other, [outcome.hop, other.hop]);
}

function toResult(outcome: HopOutcome<ServerMetadata>, hops: readonly Hop[]): MetadataOutcome {
  if (!outcome.ok) return { ok: false, error: outcome.error, hop: outcome.hop, hops };
  // The first place was tried in vain, which is no failure.
  return { ok: true, metadata: outcome.value, hops: hops.map(({ failure: _failure, ...hop }) => hop) };
}

function fetchFrom(http: HttpClient, server: Upstream, issuer: string, url: URL): Promise<HopOutcome<ServerMetadata>> {
  const draft = {
    from: 'frontend',
    to: server.party,
    method: 'GET',
    path: url.pathname,
    purpose: 'metadata: where the token endpoints are',
    authentication: { kind: 'none' },
  } as const;
  return measureHop(draft, async () => {
    const answer = await http.send(server, { method: 'GET', url, headers: { accept: 'application/json' } });
    const trouble = describeTrouble(answer, server);
    if (trouble !== undefined) throw trouble;
    if (answer.status !== 200)
      throw describeRefusal(answer, {
        code: 'authorization-server-metadata-missing',
        status: 502,
        description: `${url.href} holds no metadata (${statusWithReason(answer)}).`,
        remedy: `Check ${server.addressFrom}, or give the token endpoints instead (OAUTH_TOKEN_URL, MTLS_OAUTH_TOKEN_URL).`,
      });
    return { status: answer.status, value: readMetadata(answer.text, { url, issuer, server }) };
  });
}

interface Asked {
  readonly url: URL;
  readonly issuer: string;
  readonly server: Upstream;
}

function readMetadata(text: string, { url, issuer, server }: Asked): ServerMetadata {
  const invalid = (found: string): UpstreamError =>
    new UpstreamError({
      code: 'authorization-server-metadata-invalid',
      status: 502,
      description: `The metadata at ${url.href} cannot be used: ${found}.`,
      remedy: `Check ${server.addressFrom}: it must be exactly what the server calls itself.`,
      upstreamStatus: 200,
    });
  const parsed = v.safeParse(metadataSchema, parseJson(text));
  if (!parsed.success) {
    const members = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the whole document');
    throw invalid(`${[...new Set(members)].join(', ')} is missing or wrong`);
  }
  const { output } = parsed;
  // RFC 8414 §3.3: else one server could speak for another.
  if (output.issuer !== issuer) throw invalid(`it is that of ${JSON.stringify(output.issuer)}, not of ${issuer}`);
  return {
    tokenUrl: output.token_endpoint,
    certificateTokenUrl: output.mtls_endpoint_aliases?.token_endpoint ?? output.token_endpoint,
    keysPath: output.jwks_uri?.pathname,
  };
}
