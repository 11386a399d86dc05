import type { HomeModel } from '../../src/pages';
import type { ComparedToken, ScenarioPage, ScenarioResult } from '../../src/scenario';
import { IDENTITY_SUCCESS, KEYSTORE, NOW, SHELL, OFFER } from './models';

/** Fixed models of the page of an authorization server of any vendor, as those in models.ts. */
const HOME = { path: '/home', title: 'Any OAuth server (RFC 8705)' } as const;

const PLAIN_CLAIMS = {
  jti: '6qk5tZkZ0bXKxS5n9wq8cW3vJmYtR1uE7aLh2GfPoDd',
  sub: 'aaBHdmmZC7MN46U_6_5BZFmEmUDAoCd9NS3uh7dfWCM',
  iat: 1_795_338_300,
  exp: 1_795_341_900,
  client_id: 'aaBHdmmZC7MN46U_6_5BZFmEmUDAoCd9NS3uh7dfWCM',
  iss: 'https://localhost:5448',
  aud: 'api://backendmtls',
} as const;

const BOUND_CLAIMS = {
  ...PLAIN_CLAIMS,
  jti: 'Q2GptbvDNISfsrui2QcEpX5mHbFbxPSVSM8V4lQG8IF',
  sub: 'IsCHOAznGoJx6hUd4PBCbUOkByak0rhFC_oOHv_-WmY',
  client_id: 'IsCHOAznGoJx6hUd4PBCbUOkByak0rhFC_oOHv_-WmY',
  cnf: { 'x5t#S256': KEYSTORE },
};

const plain: ComparedToken = {
  path: '/auth',
  title: 'Access token',
  action: 'Get Access Token',
  state: { kind: 'ready' },
};
const bound: ComparedToken = {
  path: '/mtlsauth',
  title: 'Certificate-bound access token',
  action: 'Get Certificate Bound Access Token',
  state: { kind: 'ready' },
};

function fetched(token: ComparedToken, claims: Readonly<Record<string, unknown>>): ComparedToken {
  const backend = { status: 200, body: { message: 'Backend app successfully called.', claims } };
  return { ...token, last: { at: '2026-11-22T09:03:00.000Z', claims, backend } };
}

/** Nothing was fetched yet. */
export const EMPTY: readonly ComparedToken[] = [plain, bound];
/** Both were fetched, and the backend has verified them. */
export const BOTH: readonly ComparedToken[] = [fetched(plain, PLAIN_CLAIMS), fetched(bound, BOUND_CLAIMS)];
/** One of them only, by a server that adds claims of its own; the backend did not show what it has verified. */
export const HOSTILE: readonly ComparedToken[] = [
  {
    ...plain,
    last: {
      at: '2026-11-22T09:03:00.000Z',
      claims: { ...PLAIN_CLAIMS, '<b>name</b>': '<script>alert(1)</script>', long: 'x'.repeat(300), cnf: 'odd' },
      backend: { status: 502, body: '<h1>bad</h1>' },
    },
  },
  bound,
];
/** A client is missing, and for the other one nothing says where the backend is. */
export const OBSTRUCTED: readonly ComparedToken[] = [
  {
    ...plain,
    state: {
      kind: 'not-configured',
      problem: 'BACKEND_URL is not set, so this app does not know where the backend is.',
      remedy: 'Set it: `cf set-env frontendmtls BACKEND_URL https://backendmtls-yourname.cert.cfapps.example`.',
    },
  },
  {
    ...bound,
    state: {
      kind: 'not-bound',
      bind: 'Register one there: `cf create-user-provided-service mtlsOauthClient -t oauth-client -p client.json`.',
    },
  },
];

export function homeModel(comparison: readonly ComparedToken[]): HomeModel {
  const replays = comparison
    .filter(({ state }) => state.kind === 'ready')
    .map(({ title, path }) => ({ title, offer: { ...OFFER, action: `${path}/replay` } }));
  return { ...HOME, shell: SHELL, comparison, replays, now: NOW };
}

export const BOUND_PAGE: ScenarioPage = {
  path: '/mtlsauth',
  title: bound.title,
  parent: HOME,
  revocation: 'Deleting the client at the authorization server stops new tokens at once.',
};

/** The page of the second button, pressed after the first one. */
export const BOUND_RUN: ScenarioResult = {
  ...IDENTITY_SUCCESS,
  backend: { status: 200, body: { message: 'Backend app successfully called.', claims: BOUND_CLAIMS } },
  token: { claims: BOUND_CLAIMS },
  hops: IDENTITY_SUCCESS.hops.map((hop) => ({
    ...hop,
    to: hop.to === 'identity' ? 'authorization-server' : hop.to,
  })),
  comparison: BOTH,
};
