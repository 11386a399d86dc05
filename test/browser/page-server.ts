import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

/** What the frontend sends, at its strictest. */
const POLICY =
  "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves `pages` by their paths and the files of `folder` for all other paths, under a strict Content Security Policy. */
export async function servePages(pages: ReadonlyMap<string, string>, folder: string): Promise<PageServer> {
  const server = createServer((request, response) => {
    answer(request, response, pages, folder);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pages: ReadonlyMap<string, string>,
  folder: string,
): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const page = pages.get(pathname);
  response.setHeader('content-security-policy', POLICY);
  if (page !== undefined) {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page);
    return;
  }
  const file = normalize(join(folder, pathname));
  const type = TYPES[extname(file)];
  const content = type !== undefined && file.startsWith(folder + sep) ? readIfPresent(file) : undefined;
  if (type === undefined || content === undefined) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader('content-type', type);
  response.end(content);
}

function readIfPresent(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
