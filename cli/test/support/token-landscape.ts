import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { encodeToken } from './destination-landscape';

/** Thumbprint of the certificate that came with a request; undefined without one that the server trusts. */
export function thumbprintOf(req: IncomingMessage): string | undefined {
  const { socket } = req;
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate && createHash('sha256').update(certificate.raw).digest('base64url');
}

export const SECRET = 's3cr€t+/=$';

/**
 * A token endpoint at /oauth/token, and an API at every other path that answers with what it received; it wants a token,
 * and with a bound one its certificate.
 */
export function tokenAndApi(): RequestListener {
  return (req, res) => void answer(req, res).catch(() => res.destroy());
}

async function answer(...[req, res]: Parameters<RequestListener>): Promise<void> {
  const body = await text(req);
  const thumbprint = thumbprintOf(req);
  const send = (status: number, json: unknown, headers: Record<string, string> = {}): void => {
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(JSON.stringify(json));
  };
  if (req.url === '/oauth/token') {
    const form = new URLSearchParams(body);
    if (thumbprint === undefined && form.get('client_secret') !== SECRET)
      return send(401, { error: 'invalid_client', error_description: 'Bad credentials' });
    const claims = {
      cid: form.get('client_id'),
      jti: randomUUID(),
      exp: Math.floor(Date.now() / 1000) + 60,
      ...(form.has('scope') && { scope: form.get('scope') }),
      ...(form.has('resource') && { aud: form.getAll('resource') }),
      ...(thumbprint !== undefined && !form.has('client_secret') && { cnf: { 'x5t#S256': thumbprint } }),
    };
    return send(200, { access_token: encodeToken(claims), token_type: 'bearer', expires_in: 60 });
  }
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  if (token === undefined) return send(401, { error: 'missing_token' }, { 'www-authenticate': 'Bearer' });
  const { cnf } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    cnf?: Record<string, string>;
  };
  if (cnf !== undefined && cnf['x5t#S256'] !== thumbprint)
    return send(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer error="invalid_token"' });
  return send(200, { method: req.method, headers: req.headers, body, thumbprint });
}
