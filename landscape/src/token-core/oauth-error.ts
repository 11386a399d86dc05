import type { ServerResponse } from 'node:http';

export interface OAuthErrorContent {
  readonly status: number;
  /** The `error` of RFC 6749 §5.2, or of the service where it has its own. */
  readonly error: string;
  /** What the client is told: never a secret, never another client's name. */
  readonly description: string;
  /** What the journal says in addition: which check failed. */
  readonly note?: string;
}

/** A refusal of an OAuth endpoint. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly note: string;

  constructor({ status, error, description, note = description }: OAuthErrorContent) {
    super(description);
    this.status = status;
    this.error = error;
    this.description = description;
    this.note = note;
  }
}

export function invalidRequest(description: string): OAuthError {
  return new OAuthError({ status: 400, error: 'invalid_request', description });
}

export function invalidGrant(description: string, note?: string): OAuthError {
  return new OAuthError({ status: 400, error: 'invalid_grant', description, ...(note !== undefined && { note }) });
}

export function invalidScope(description: string): OAuthError {
  return new OAuthError({ status: 400, error: 'invalid_scope', description });
}

export function invalidClient(description: string, note?: string): OAuthError {
  return new OAuthError({ status: 401, error: 'invalid_client', description, ...(note !== undefined && { note }) });
}

/** Writes the JSON body of RFC 6749 §5.2; a 401 carries UAA's challenge. */
export function sendOAuthError(res: ServerResponse, { status, error, description }: OAuthError, realm: string): void {
  const challenge = `Basic realm="${realm}", error="unauthorized", error_description="${quote(description)}"`;
  sendTokenJson(res, { error, error_description: description }, status, {
    ...(status === 401 && { 'www-authenticate': challenge }),
  });
}

/** Writes the JSON of a token endpoint with the headers that each of its answers has (RFC 6749 §5.1). */
export function sendTokenJson(
  res: ServerResponse,
  content: object,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(JSON.stringify(content));
  res.writeHead(status, {
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'content-type': 'application/json;charset=UTF-8',
    'content-length': body.length,
    ...headers,
  });
  res.end(body);
}

/** A description may repeat what the client sent; a header holds printable ASCII only. */
function quote(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`);
}
