import type { RawTarget } from '../support/raw-exchange';
import type { Party } from './party';

export interface Scene {
  readonly party: Party;
  readonly certificateHost: string;
  readonly plainHost: string;
}

export interface OddRequest {
  readonly name: string;
  /** Where it is sent; on the certificate route with the party's certificate or without one. */
  readonly to: 'plain route' | 'certificate route' | 'certificate route, with the certificate';
  /** What the client asks for in the TLS handshake instead of localhost. */
  readonly servername?: (scene: Scene) => NonNullable<RawTarget['tls']>['servername'];
  readonly lines: (scene: Scene) => readonly string[];
  /** Of the answers, in their order; a refused connection has none. */
  readonly statuses: readonly number[];
  /** In the answer. */
  readonly says?: RegExp;
}

const XFCC = 'X-Forwarded-Client-Cert';
const noCertificate = /^www-authenticate: Bearer error="invalid_token", .*and none came with the request/im;
const plainRoute = /^www-authenticate: Bearer error="invalid_token", .*which cannot arrive on this route/im;
const missing = /^www-authenticate: Bearer\r\n/im;
const onePlace =
  /^www-authenticate: Bearer error="invalid_request", error_description="Send exactly one access token/im;

const get = (target: string, host: string, ...lines: string[]): string[] => [
  `GET ${target} HTTP/1.1`,
  `Host: ${host}`,
  ...lines,
  'Connection: close',
];
const bearer = ({ party }: Scene): string => `Authorization: Bearer ${party.bound}`;
const forged = ({ party }: Scene): string => `${XFCC}: ${party.line}`;
/** A whole request that would be answered if anybody took it for one. */
const smuggled = (scene: Scene): string[] => get('/endpoint', scene.certificateHost, bearer(scene), forged(scene));

/** The name of the certificate route said where it does not count, with the right certificate in a forged header. */
export const misrouted: readonly OddRequest[] = [
  {
    name: 'the plain route, with Host of the certificate route',
    to: 'plain route',
    lines: (scene) => get('/endpoint', scene.certificateHost, bearer(scene), forged(scene)),
    statuses: [401],
    says: plainRoute,
  },
  {
    name: 'the certificate route, with the server name of the plain route in the handshake',
    to: 'certificate route',
    servername: ({ plainHost }) => plainHost,
    lines: (scene) => get('/endpoint', scene.certificateHost, bearer(scene), forged(scene)),
    statuses: [401],
    says: noCertificate,
  },
  {
    name: 'the certificate route, with Host of the plain route',
    to: 'certificate route',
    lines: (scene) => get('/endpoint', scene.plainHost, bearer(scene), forged(scene)),
    statuses: [401],
    says: noCertificate,
  },
  {
    name: 'the plain route, with a target in absolute form that names the certificate route',
    to: 'plain route',
    lines: (scene) => get(`https://${scene.certificateHost}/endpoint`, scene.plainHost, bearer(scene), forged(scene)),
    statuses: [401],
    says: plainRoute,
  },
  {
    name: 'the certificate route, with a target in absolute form',
    to: 'certificate route',
    lines: (scene) => get(`https://${scene.certificateHost}/endpoint`, scene.plainHost, bearer(scene), forged(scene)),
    statuses: [401],
  },
  {
    name: 'the plain route, with two Host headers',
    to: 'plain route',
    lines: (scene) => get('/endpoint', scene.plainHost, `Host: ${scene.certificateHost}`, bearer(scene), forged(scene)),
    statuses: [401],
    says: plainRoute,
  },
  ...(['plain route', 'certificate route'] as const).flatMap((to): OddRequest[] => [
    {
      name: `the ${to} in HTTP/1.0 without Host`,
      to,
      lines: (scene) => ['GET /endpoint HTTP/1.0', bearer(scene), forged(scene)],
      statuses: [401],
      says: to === 'plain route' ? plainRoute : noCertificate,
    },
    {
      name: `the ${to} in HTTP/1.1 without Host`,
      to,
      lines: (scene) => ['GET /endpoint HTTP/1.1', bearer(scene), forged(scene), 'Connection: close'],
      statuses: [400],
    },
  ]),
  {
    name: 'the plain route, with headers that name another address of the request',
    to: 'plain route',
    lines: (scene) =>
      get(
        '/endpoint',
        scene.plainHost,
        `X-Forwarded-Host: ${scene.certificateHost}`,
        `X-Original-Host: ${scene.certificateHost}`,
        `X-Original-URL: https://${scene.certificateHost}/endpoint`,
        `Forwarded: host=${scene.certificateHost};proto=https`,
        'X-Forwarded-Proto: https',
        bearer(scene),
        forged(scene),
      ),
    statuses: [401],
    says: plainRoute,
  },
];

/** Two programs that disagree about where a request ends let one be smuggled past the first (RFC 9112 §11.2). */
export const smuggling: readonly OddRequest[] = [
  {
    name: 'Content-Length and Transfer-Encoding',
    to: 'certificate route',
    lines: (scene) => [
      'POST /endpoint HTTP/1.1',
      `Host: ${scene.certificateHost}`,
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      '',
      '0',
      '',
      ...smuggled(scene),
    ],
    statuses: [400],
  },
  {
    name: 'two lengths',
    to: 'certificate route',
    lines: (scene) => [
      'POST /endpoint HTTP/1.1',
      `Host: ${scene.certificateHost}`,
      'Content-Length: 0',
      'Content-Length: 500',
      '',
      ...smuggled(scene),
    ],
    statuses: [400],
  },
  ...['identity', 'chunked, identity', 'xchunked', 'chunked, gzip'].map((coding): OddRequest => ({
    name: `Transfer-Encoding: ${coding}`,
    to: 'certificate route',
    lines: (scene) => [
      'POST /endpoint HTTP/1.1',
      `Host: ${scene.certificateHost}`,
      `Transfer-Encoding: ${coding}`,
      '',
      '0',
      '',
      ...smuggled(scene),
    ],
    statuses: [400],
  })),
  {
    name: 'a blank before the colon of Transfer-Encoding',
    to: 'certificate route',
    lines: (scene) => [
      'POST /endpoint HTTP/1.1',
      `Host: ${scene.certificateHost}`,
      'Transfer-Encoding : chunked',
      '',
      '0',
      '',
      ...smuggled(scene),
    ],
    statuses: [400],
  },
  {
    name: 'a chunk whose length is no number',
    to: 'certificate route',
    lines: (scene) => [
      'POST /endpoint HTTP/1.1',
      `Host: ${scene.certificateHost}`,
      bearer(scene),
      'Transfer-Encoding: chunked',
      '',
      '0x5',
      'hello',
      ...smuggled(scene),
    ],
    statuses: [400],
  },
  {
    name: 'a second request in the body of the first, which stays a body',
    to: 'certificate route',
    lines: (scene) => {
      const inner = `${smuggled(scene).join('\r\n')}\r\n\r\n`;
      const head = ['POST /endpoint HTTP/1.1', `Host: ${scene.certificateHost}`, `Content-Length: ${inner.length}`];
      return [...head, 'Connection: close', '', inner];
    },
    statuses: [401],
    says: missing,
  },
  {
    name: 'a second request behind the first, with a header of its own',
    to: 'certificate route',
    lines: (scene) => ['GET /health HTTP/1.1', `Host: ${scene.certificateHost}`, forged(scene), '', ...smuggled(scene)],
    statuses: [200, 401],
    says: noCertificate,
  },
  {
    name: 'an upgrade to HTTP/2 on the same connection',
    to: 'certificate route',
    lines: (scene) => [
      'GET /endpoint HTTP/1.1',
      `Host: ${scene.certificateHost}`,
      'Connection: Upgrade, HTTP2-Settings, close',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
      bearer(scene),
      forged(scene),
    ],
    statuses: [401],
    says: noCertificate,
  },
  {
    name: 'a tunnel to the app',
    to: 'certificate route',
    lines: (scene) => [
      `CONNECT ${scene.certificateHost}:8080 HTTP/1.1`,
      `Host: ${scene.certificateHost}`,
      forged(scene),
    ],
    statuses: [],
  },
];

/** With the right certificate, so that only the place of the token can be what is refused (RFC 6750 §2, §3.1). */
export const misplacedTokens: readonly OddRequest[] = [
  {
    name: 'two Authorization headers',
    lines: (scene: Scene) => get('/endpoint', scene.certificateHost, bearer(scene), bearer(scene)),
    statuses: [400],
    says: onePlace,
  },
  {
    name: 'two Authorization headers of two schemes',
    lines: (scene: Scene) => get('/endpoint', scene.certificateHost, bearer(scene), 'Authorization: Basic YTpi'),
    statuses: [400],
    says: onePlace,
  },
  {
    name: 'two tokens in one header',
    lines: (scene: Scene) => get('/endpoint', scene.certificateHost, `${bearer(scene)}, Bearer ${scene.party.bound}`),
    statuses: [400],
    says: onePlace,
  },
  {
    name: 'the scheme twice',
    lines: (scene: Scene) =>
      get('/endpoint', scene.certificateHost, `Authorization: Bearer Bearer ${scene.party.bound}`),
    statuses: [400],
    says: onePlace,
  },
  ...['access_token', 'access%5Ftoken', '%61ccess_token'].flatMap((name) => [
    {
      name: `the token as ${name} in the query`,
      lines: ({ certificateHost, party }: Scene) => get(`/endpoint?${name}=${party.bound}`, certificateHost),
      statuses: [400],
      says: onePlace,
    },
    {
      name: `the token as ${name} in the query, and in the header`,
      lines: (scene: Scene) => get(`/endpoint?a=b&${name}=${scene.party.bound}`, scene.certificateHost, bearer(scene)),
      statuses: [400],
      says: onePlace,
    },
  ]),
  {
    name: 'the token in the body',
    lines: ({ certificateHost, party }: Scene) => {
      const body = `access_token=${party.bound}`;
      const head = ['POST /endpoint HTTP/1.1', `Host: ${certificateHost}`, `Content-Length: ${body.length}`];
      return [...head, 'Content-Type: application/x-www-form-urlencoded', 'Connection: close', '', body];
    },
    statuses: [401],
    says: missing,
  },
  {
    name: 'the token in a cookie and in other headers',
    lines: ({ certificateHost, party: { bound } }: Scene) =>
      get(
        '/endpoint',
        certificateHost,
        `Cookie: access_token=${bound}`,
        `X-Authorization: Bearer ${bound}`,
        `Proxy-Authorization: Bearer ${bound}`,
        `X-Access-Token: ${bound}`,
      ),
    statuses: [401],
    says: missing,
  },
  ...['DPoP', 'Basic', 'JWT', 'Bearer\u00a0x', 'Token'].map((scheme) => ({
    name: `the token under the scheme ${JSON.stringify(scheme)}`,
    lines: ({ certificateHost, party: { bound } }: Scene) =>
      get('/endpoint', certificateHost, `Authorization: ${scheme} ${bound}`),
    statuses: [401],
    says: missing,
  })),
  {
    name: 'Authorization declared as of this connection only',
    lines: (scene: Scene) => [
      'GET /endpoint HTTP/1.1',
      `Host: ${scene.certificateHost}`,
      'Connection: close, Authorization',
      bearer(scene),
    ],
    statuses: [401],
    says: missing,
  },
  ...['TRACE', 'PUT', 'OPTIONS', 'PATCH', 'FROB'].map((method) => ({
    name: `the method ${method}`,
    lines: (scene: Scene) => [
      `${method} /endpoint HTTP/1.1`,
      `Host: ${scene.certificateHost}`,
      'X-HTTP-Method-Override: GET',
      bearer(scene),
      'Connection: close',
    ],
    statuses: [method === 'FROB' ? 400 : 405],
  })),
].map((request) => ({ ...request, to: 'certificate route, with the certificate' as const }));

/** Without a token: no spelling of a path is a way around the guard (401), and none is an error of ours. */
export const oddTargets: readonly (readonly [target: string, statuses: readonly number[]])[] = [
  ['/', [401]],
  ['/endpoint/', [401]],
  ['//endpoint', [401]],
  ['/./endpoint', [401]],
  ['/health/../endpoint', [401]],
  ['/health/..%2fendpoint', [401]],
  ['/health;/endpoint', [401]],
  ['/%65ndpoint', [401]],
  ['/ENDPOINT', [401]],
  ['/endpoint%00', [401]],
  ['/endpoint%', [401]],
  ['/%c0%af', [401]],
  ['/__proto__', [401]],
  ['*', [401]],
  ['endpoint', [400]],
];
