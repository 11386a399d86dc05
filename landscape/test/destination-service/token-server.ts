import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CertificateAuthority } from '../../src/ca/certificate-authority';

/** One request that the token server has got. */
export interface SeenRequest {
  readonly path: string;
  readonly host: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly form: Record<string, string>;
  /** `x5t#S256` of the client's certificate. */
  readonly thumbprint?: string;
}

export interface TokenServer {
  readonly port: number;
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Answers the next requests; by default each gets another token that lives for an hour. */
  answer: (res: ServerResponse, request: SeenRequest) => void;
  close(): Promise<void>;
}

/** Starts a token endpoint on real TLS that says what it was sent and answers what the test wants. */
export async function startTokenServer(
  ca: CertificateAuthority,
  options: { readonly demandCertificate?: boolean } = {},
): Promise<TokenServer> {
  const { key, certificate } = await ca.issueServer();
  const seen: SeenRequest[] = [];
  const server = createServer({
    key,
    cert: certificate,
    ca: ca.rootPem,
    requestCert: true,
    rejectUnauthorized: options.demandCertificate ?? false,
  });
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    void serve(req, res);
  });
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const request = await readRequest(req);
    seen.push(request);
    tokenServer.answer(res, request);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  const tokenServer: TokenServer = {
    port,
    url: `https://localhost:${port}/oauth/token`,
    seen,
    answer: (res) => sendJson(res, 200, tokenResponse(`token-${seen.length}`)),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return tokenServer;
}

export function tokenResponse(value: string, expiresIn = 3600): object {
  return { access_token: value, token_type: 'bearer', expires_in: expiresIn, scope: 'a.read a.write', jti: 'x' };
}

export function sendJson(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readRequest(req: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const certificate = req.socket instanceof TLSSocket ? req.socket.getPeerX509Certificate() : undefined;
  return {
    path: req.url ?? '',
    host: req.headers.host,
    headers: req.headers,
    form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
    ...(certificate && { thumbprint: createHash('sha256').update(certificate.raw).digest('base64url') }),
  };
}
