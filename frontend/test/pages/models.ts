import type { Hop } from '../../src/hops';
import type { ReplayOffer, ShellModel } from '../../src/pages';
import type { Replay, ReplayStep } from '../../src/replay/replay';
import type { CertificateCard, ScenarioCard, ScenarioPage, ScenarioResult } from '../../src/scenario';

/** Fixed models of what a run brings, for the tests of the pages and for the pictures of them. */
export const NOW = new Date('2026-11-22T09:05:12Z');

export const SHELL: ShellModel = {
  product: 'Mutual TLS on SAP BTP',
  region: 'local landscape',
  node: 'v24.11.0',
  revision: '288f8f1',
  scenarios: [
    { path: '/app', title: 'XSUAA and Destination Service' },
    { path: '/homepage', title: 'Identity (IAS)' },
  ],
  origin: 'http://localhost:5002',
};

export const PAGE: ScenarioPage = {
  path: '/app',
  title: 'Call through the Destination Service',
  revocation: 'Deleting the binding with `cf unbind-service` stops new tokens at once.',
};

export const IDENTITY_PAGE: ScenarioPage = {
  path: '/homepage',
  title: 'Identity (IAS)',
  revocation: 'Unbinding with `cf unbind-service` stops new tokens at once: Identity answers `invalid_client`.',
};

const FRONTEND_CERTIFICATE = 'Q0m7wYHkU3Jp4b1oVvWq9n2xXfTzR6eLsAa8dGiK5cE';
export const KEYSTORE = 'sLUlBk9VZ7nGhqcyPpHc3Wm4f0JtE2xAiRr6oDv8XyM';

const CERTIFICATE: CertificateCard = {
  'x5t#S256': KEYSTORE,
  subject:
    'CN=b7a1f2c4-4f0e-4f51-9d5e-1c7f6a3f0e21,L=mtlsxsuaa,OU=ff9f4b8e-3d5c-4a6f-b1c0-70d1a4a6b7c1,OU=SAP Cloud Platform Clients,OU=Canary,O=SAP SE,C=DE',
  issuer: 'CN=SAP Cloud Platform Client CA,OU=SAP Cloud Platform Clients,O=SAP SE,L=EU10-Canary,C=DE',
  notBefore: '2026-11-21T08:00:31.000Z',
  notAfter: '2026-11-28T08:00:31.000Z',
};

const CLAIMS: Readonly<Record<string, unknown>> = {
  jti: '0a6dd0a2f4b64d0f8f3ad1f0a7a2b9b1',
  ext_attr: {
    enhancer: 'XSUAA',
    subaccountid: '5f9c2d1e-8f3b-4a77-9a0e-6f2b3f0f4c11',
    serviceinstanceid: 'b7a1f2c4-4f0e-4f51-9d5e-1c7f6a3f0e21',
  },
  sub: 'sb-mtlsxsuaa!t4711',
  authorities: ['uaa.resource'],
  scope: ['uaa.resource'],
  client_id: 'sb-mtlsxsuaa!t4711',
  cid: 'sb-mtlsxsuaa!t4711',
  azp: 'sb-mtlsxsuaa!t4711',
  cnf: { 'x5t#S256': KEYSTORE },
  grant_type: 'client_credentials',
  rev_sig: '7d3c1f0e',
  iat: 1_795_338_300,
  exp: 1_795_381_500,
  iss: 'https://mtls-local.localhost:5444/oauth/token',
  zid: '5f9c2d1e-8f3b-4a77-9a0e-6f2b3f0f4c11',
  aud: ['uaa', 'sb-mtlsxsuaa!t4711'],
};

const FIND = '/destination-configuration/v1/destinations/destination_to_mtlsapp';

const OPENED: Hop = {
  from: 'browser',
  to: 'frontend',
  method: 'GET',
  path: '/app',
  purpose: 'this page',
  authentication: { kind: 'none' },
  durationMs: 128.4,
  cache: 'none',
  observed: true,
};

const SERVICE_TOKEN: Hop = {
  from: 'frontend',
  to: 'xsuaa',
  method: 'POST',
  path: '/oauth/token',
  purpose: 'token for the Destination Service',
  authentication: { kind: 'certificate', 'x5t#S256': FRONTEND_CERTIFICATE },
  durationMs: 31.2,
  cache: 'none',
  observed: true,
};

const FOUND: Hop = {
  from: 'frontend',
  to: 'destination-service',
  method: 'GET',
  path: FIND,
  purpose: 'the destination and a token for the backend',
  authentication: { kind: 'bearer' },
  durationMs: 58.9,
  cache: 'none',
  observed: true,
};

const RETRIEVAL: Hop = {
  from: 'destination-service',
  to: 'xsuaa',
  method: 'POST',
  path: '/oauth/token',
  purpose: 'token for the backend, with the uploaded keystore',
  authentication: { kind: 'certificate', 'x5t#S256': KEYSTORE },
  cache: 'none',
  observed: false,
};

const KEYSTORE_FOUND: Hop = {
  ...FOUND,
  path: `${FIND}?$skipTokenRetrieval=true`,
  purpose: 'the keystore that belongs to the token',
  durationMs: 9.7,
};

const CALLED: Hop = {
  from: 'frontend',
  to: 'backend',
  method: 'GET',
  path: '/endpoint',
  purpose: 'the call itself',
  authentication: { kind: 'bearer', 'x5t#S256': KEYSTORE },
  durationMs: 12.1,
  cache: 'none',
  observed: true,
};

const KEYS: Hop = {
  from: 'backend',
  to: 'xsuaa',
  method: 'GET',
  path: '/token_keys?zid=5f9c2d1e-8f3b-4a77-9a0e-6f2b3f0f4c11',
  purpose: 'public keys to validate the token with',
  authentication: { kind: 'none' },
  cache: 'none',
  observed: false,
};

/** All went well and nothing was cached yet. */
export const SUCCESS: ScenarioResult = {
  backend: { status: 200, body: { message: 'Backend app successfully called.', claims: CLAIMS } },
  token: { claims: CLAIMS },
  certificate: CERTIFICATE,
  hops: [ok(OPENED), ok(SERVICE_TOKEN), ok(FOUND), RETRIEVAL, ok(KEYSTORE_FOUND), ok(CALLED), KEYS],
};

const MISSING = {
  code: 'destination-not-found',
  message:
    'The Destination Service knows no destination `destination_to_mtlsapp`, neither in the instance nor in the subaccount.',
  remedy:
    'Create it from a service key of each instance with `npx mtls destination deploy`, or import `destination/destination_to_mtlsapp` in the cockpit under Connectivity, Destinations.',
} as const;

/** Right after the first deployment: the destination does not exist. */
export const DESTINATION_MISSING: ScenarioResult = {
  hops: [
    { ...OPENED, status: 502, durationMs: 71 },
    { ...ok(SERVICE_TOKEN), authentication: { kind: 'secret' } },
    { ...FOUND, status: 404, durationMs: 22.4, failure: MISSING },
  ],
  error: { ...MISSING, status: 502, hop: { from: 'frontend', to: 'destination-service' } },
};

const HANGING = {
  code: 'xsuaa-timeout',
  message: 'XSUAA accepted the connection and did not answer within 4000 ms.',
  remedy: 'Look at the status of XSUAA in this region, then run the scenario again; no restart is needed.',
} as const;

/** XSUAA accepts connections and says nothing. */
export const XSUAA_HANGING: ScenarioResult = {
  hops: [
    { ...OPENED, status: 504, durationMs: 4011 },
    { ...SERVICE_TOKEN, durationMs: 4003, failure: HANGING },
  ],
  error: { ...HANGING, status: 504, hop: { from: 'frontend', to: 'xsuaa' } },
};

const REFUSED = {
  code: 'destination-service-unreachable',
  message: 'The Destination Service refused the connection (ECONNREFUSED).',
  remedy: 'The cached destination stays in use until its token expires; check the service until then.',
} as const;

/** Token and keystore from the cache; the destination, too, though its refresh failed. */
export const STALE_CACHE: ScenarioResult = {
  ...SUCCESS,
  hops: [
    { ...OPENED, status: 200, durationMs: 14 },
    { ...SERVICE_TOKEN, cache: 'hit', durationMs: 0.1 },
    { ...FOUND, cache: 'stale', durationMs: 1.3, failure: REFUSED },
    { ...KEYSTORE_FOUND, cache: 'hit', durationMs: 0.1 },
    ok(CALLED),
  ],
};

/** A token with markup in its claims and a certificate that is not the bound one. */
export const HOSTILE: ScenarioResult = {
  ...SUCCESS,
  backend: { status: 200, body: '<img src=x onerror=alert(1)>' },
  token: { claims: { ...CLAIMS, given_name: '<script>alert("claim")</script>', '<b>name</b>': true } },
  certificate: {
    ...CERTIFICATE,
    'x5t#S256': FRONTEND_CERTIFICATE,
    subject: 'CN=<script>alert(1)</script>,O=A\\, B,C=DE',
  },
};

const IDENTITY_CLAIMS: Readonly<Record<string, unknown>> = {
  sub: '2f6c5d3e-9a41-4e0b-8c77-1d5a3f0b9e62',
  aud: '2f6c5d3e-9a41-4e0b-8c77-1d5a3f0b9e62',
  azp: '2f6c5d3e-9a41-4e0b-8c77-1d5a3f0b9e62',
  iss: 'https://localhost:5447',
  app_tid: '5f9c2d1e-8f3b-4a77-9a0e-6f2b3f0f4c11',
  sap_id_type: 'app',
  cnf: { 'x5t#S256': KEYSTORE },
  iat: 1_795_338_300,
  exp: 1_795_341_900,
  jti: 'b1946ac9-2492-4d23-8b11-6a3f8c0e5d27',
};

const IDENTITY_TOKEN: Hop = {
  ...SERVICE_TOKEN,
  to: 'identity',
  path: '/oauth2/token',
  purpose: 'token for the backend',
  authentication: { kind: 'certificate', 'x5t#S256': KEYSTORE },
};

/** A token straight from Identity, and the same certificate for both calls. */
export const IDENTITY_SUCCESS: ScenarioResult = {
  backend: { status: 200, body: { message: 'Backend app successfully called.', claims: IDENTITY_CLAIMS } },
  token: { claims: IDENTITY_CLAIMS },
  certificate: CERTIFICATE,
  hops: [
    { ...ok(OPENED), path: '/homepage' },
    ok(IDENTITY_TOKEN),
    ok(CALLED),
    { ...KEYS, to: 'identity', path: '/oauth2/certs' },
  ],
};

const NOT_BOUND = {
  code: 'identity-not-bound',
  message: 'No instance of the service identity is bound to this app, so it has no client to fetch a token with.',
  remedy: 'Bind one: `cf bind-service frontendmtls clicreIas`.',
} as const;

/** Nothing was called at all. */
export const IDENTITY_NOT_BOUND: ScenarioResult = {
  hops: [{ ...OPENED, path: '/homepage', status: 503, durationMs: 0 }],
  error: { ...NOT_BOUND, status: 503, hop: { from: 'frontend', to: 'identity' } },
};

const CERTIFICATE_MISSING = {
  code: 'backend-certificate-missing',
  message: `The backend refused the token, which is bound to the certificate ${KEYSTORE}, because no certificate reached it: https://backendmtls.cfapps.example is no certificate route (401: The token is bound to a certificate.).`,
  remedy:
    'Let the destination name the certificate route of the backend; or let the backend accept bound tokens without their certificate.',
} as const;

/** A bound token on a plain route. */
export const PLAIN_ROUTE: ScenarioResult = {
  ...SUCCESS,
  backend: { status: 401, body: { error: 'invalid_token', error_description: 'The token is bound to a certificate.' } },
  hops: [
    { ...OPENED, status: 502 },
    ok(SERVICE_TOKEN),
    ok(FOUND),
    RETRIEVAL,
    ok(KEYSTORE_FOUND),
    { ...CALLED, authentication: { kind: 'bearer' }, status: 401, failure: CERTIFICATE_MISSING },
  ],
  error: { ...CERTIFICATE_MISSING, status: 502, hop: { from: 'frontend', to: 'backend' } },
};

/** The service kept the token of the last keystore, and this app has fetched one itself. */
export const OWN_TOKEN: ScenarioResult = {
  ...SUCCESS,
  notes: [
    {
      code: 'token-fetched-with-keystore',
      message: 'This app has fetched the token itself, with keystore, clientId and tokenServiceURL of the destination.',
      reason: `The Destination Service sent one that is bound to the certificate ${FRONTEND_CERTIFICATE}, but its keystore now holds ${KEYSTORE}.`,
    },
  ],
  hops: [
    ok(OPENED),
    ok(SERVICE_TOKEN),
    ok(FOUND),
    { ...RETRIEVAL, authentication: { kind: 'certificate', 'x5t#S256': FRONTEND_CERTIFICATE } },
    ok(KEYSTORE_FOUND),
    ok({
      ...SERVICE_TOKEN,
      purpose: 'token for the backend, bound to the keystore',
      authentication: { kind: 'certificate', 'x5t#S256': KEYSTORE },
    }),
    ok(CALLED),
    KEYS,
  ],
};

export const CARDS: readonly ScenarioCard[] = [
  {
    path: '/app',
    title: PAGE.title,
    description:
      'The frontend asks the Destination Service for destination_to_mtlsapp; the token that comes with it was fetched over mutual TLS with the keystore and is bound to its certificate.',
    state: { kind: 'ready' },
    certificateNotAfter: '2026-11-28T08:00:31.000Z',
    lastResult: { ok: true, at: '2026-11-22T09:02:40.000Z', summary: 'Backend answered 200 in 128 ms' },
  },
  {
    path: '/homepage',
    title: IDENTITY_PAGE.title,
    description: 'The frontend fetches a token over mutual TLS itself and calls the backend with the same certificate.',
    state: {
      kind: 'not-bound',
      bind: 'An instance of the service `identity`: `cf bind-service frontendmtls mtlsIdentity -c config-binding.json`, then `cf restage frontendmtls`.',
    },
  },
  {
    path: '/homepage-2',
    title: 'Identity without an address',
    description: 'Bound, but nothing says where the backend is.',
    state: {
      kind: 'not-configured',
      problem: 'BACKEND_URL is not set, so this app does not know where the backend is.',
      remedy:
        'Set it: `cf set-env frontendmtls BACKEND_URL https://backendmtls-yourname.cert.cfapps.eu10.hana.ondemand.com`.',
    },
  },
  {
    path: '/home',
    title: 'Tokens side by side',
    description: 'One token with and one without a certificate, and what the backend says to each.',
    state: { kind: 'ready' },
    certificateNotAfter: '2026-11-23T20:00:00.000Z',
    lastResult: { ok: false, at: '2026-11-22T07:15:00.000Z', summary: 'XSUAA did not answer within 4000 ms' },
  },
];

function ok(hop: Hop): Hop {
  return { ...hop, status: 200 };
}

export const OFFER: Extract<ReplayOffer, { kind: 'on' }> = {
  kind: 'on',
  action: '/app/replay',
  proof: { cookie: 'csrf', field: 'csrf', value: 'mD4xJ2rB7cQ0vT9wYkLh3sN6pA8eF1gU5iZoX-Cj_Ea' },
};

const ENDPOINT = 'https://backendmtls-yourname.cert.cfapps.example/endpoint';

const OWNER: ReplayStep = {
  id: 'own-certificate',
  title: 'With its own certificate',
  story: 'The owner of the token shows the certificate that it was fetched with.',
  expected: 'accepted',
  result: {
    kind: 'made',
    request: { method: 'GET', url: ENDPOINT, certificate: CERTIFICATE },
    answer: { kind: 'answered', status: 200, reason: 'Backend app successfully called.', durationMs: 41.3 },
    asExpected: true,
  },
};

const NO_CERTIFICATE = 'The token is bound to a client certificate, and none came with the request.';
const THIEF: ReplayStep = {
  id: 'no-certificate',
  title: 'Without a certificate',
  story: 'A thief has found the token, in a log say, and has nothing else.',
  expected: 'refused',
  result: {
    kind: 'made',
    request: { method: 'GET', url: ENDPOINT },
    answer: {
      kind: 'answered',
      status: 401,
      challenge: `Bearer error="invalid_token", error_description="${NO_CERTIFICATE}"`,
      reason: NO_CERTIFICATE,
      durationMs: 38,
    },
    asExpected: true,
  },
};

const THIEF_WITH_CERTIFICATE: ReplayStep = {
  ...THIEF,
  id: 'other-certificate',
  title: 'With another certificate',
  result: {
    ...THIEF.result,
    request: { method: 'GET', url: ENDPOINT, certificate: { ...CERTIFICATE, 'x5t#S256': FRONTEND_CERTIFICATE } },
  } as ReplayStep['result'], // with the request of a step that was made
};

const FORGER: ReplayStep = {
  ...THIEF,
  id: 'forged-header',
  title: 'With its certificate in a header',
  result: {
    ...THIEF.result,
    request: {
      method: 'GET',
      url: 'https://backendmtls-yourname.cfapps.example/endpoint',
      headers: { 'x-forwarded-client-cert': 'MIIEYzCCA0ugAwIBAgIRAK5K… (1504 characters)' },
    },
  } as ReplayStep['result'], // with the request of a step that was made
};

/** A bound token, refused each time that it came as a thief would send it. */
export const REPLAY: Replay = { boundTo: KEYSTORE, steps: [OWNER, THIEF, THIEF_WITH_CERTIFICATE, FORGER] };

/** A plain route that lets bound tokens in, and a certificate route that gave no answer. */
export const REPLAY_LEAK: Replay = {
  ...REPLAY,
  steps: [
    OWNER,
    {
      ...THIEF,
      result: {
        kind: 'made',
        request: { method: 'GET', url: ENDPOINT },
        answer: { kind: 'unanswered', reason: 'The backend did not answer within 5000 ms.' },
        asExpected: false,
      },
    },
    THIEF_WITH_CERTIFICATE,
    {
      ...FORGER,
      result: {
        ...FORGER.result,
        answer: { kind: 'answered', status: 200, reason: '<b>Backend app successfully called.</b>', durationMs: 12 },
        asExpected: false,
      } as ReplayStep['result'], // with the answer of a step that was made
    },
  ],
};

/** No second certificate and no plain route. */
export const REPLAY_IN_PART: Replay = {
  ...REPLAY,
  steps: [
    OWNER,
    THIEF,
    {
      ...THIEF_WITH_CERTIFICATE,
      result: {
        kind: 'omitted',
        reason: 'This app has no second certificate.',
        remedy: `Make the call yourself: \`mtls call other-key.txt ${ENDPOINT}\`.`,
      },
    },
    { ...FORGER, result: { kind: 'omitted', reason: 'No plain route is known.', remedy: 'Name it.' } },
  ],
};
