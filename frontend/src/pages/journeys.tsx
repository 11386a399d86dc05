import type { ComponentChildren } from 'preact';

/** Who calls whom in a scenario, drawn and in words. */
export interface JourneyModel {
  readonly id: string;
  readonly title: string;
  /** What the picture shows, for those who do not see it. */
  readonly summary: string;
  readonly nodes: readonly JourneyNode[];
  readonly steps: readonly JourneyStep[];
}

export interface JourneyNode {
  readonly name: string;
  /** Of its middle. */
  readonly x: number;
  readonly y: number;
  /** Whether it is one of this project's apps. */
  readonly own: boolean;
}

export interface JourneyStep {
  /** End points of the arrow. */
  readonly line: readonly [number, number, number, number];
  /** Whether a client certificate is shown. */
  readonly lock?: true;
  readonly title: string;
  readonly text: ComponentChildren;
}

const BROWSER = { name: 'Browser', x: 80, y: 220, own: false } as const;
const FRONTEND = { name: 'Frontend', x: 306, y: 220, own: true } as const;
const BACKEND = { name: 'Backend', x: 640, y: 220, own: true } as const;

const OPEN: JourneyStep = {
  line: [158, 220, 228, 220],
  title: 'You open a scenario.',
  text: 'The frontend is an OAuth client; it holds no user and no session here.',
};

const DESTINATION: JourneyModel = {
  id: 'journey-app',
  title: 'How a request travels with XSUAA and Destination Service',
  summary:
    'Browser, frontend, Destination Service, XSUAA and backend, and the six calls between them; the steps are listed beside the picture.',
  nodes: [
    BROWSER,
    FRONTEND,
    BACKEND,
    { name: 'Destination Service', x: 306, y: 30, own: false },
    { name: 'XSUAA', x: 640, y: 30, own: false },
  ],
  steps: [
    OPEN,
    {
      line: [384, 200, 562, 46],
      title: 'The frontend gets a token for the Destination Service',
      text: 'from XSUAA, with the secret or the certificate of its own binding.',
    },
    {
      line: [306, 192, 306, 58],
      title: 'It asks for the destination',
      text: (
        <>
          <code>destination_to_mtlsapp</code>: where the backend is, a token for it, and the keystore.
        </>
      ),
    },
    {
      line: [384, 24, 562, 24],
      lock: true,
      title: 'The Destination Service fetches that token over mutual TLS',
      text: (
        <>
          with the keystore that was uploaded; XSUAA writes the certificate’s thumbprint into the claim <code>cnf</code>
          .
        </>
      ),
    },
    {
      line: [384, 220, 562, 220],
      lock: true,
      title: 'The frontend calls the backend',
      text: 'at the address that the destination names, with the token and, over https, the certificate of the keystore.',
    },
    {
      line: [640, 192, 640, 58],
      title: 'The backend validates the token',
      text: (
        <>
          with XSUAA’s public keys, compares the certificate with <code>cnf</code>, and answers with the claims it has
          verified.
        </>
      ),
    },
  ],
};

const IDENTITY: JourneyModel = {
  id: 'journey-homepage',
  title: 'How a request travels with Identity (IAS)',
  summary:
    'Browser, frontend, Identity and backend, and the four calls between them; the steps are listed beside the picture.',
  nodes: [BROWSER, FRONTEND, BACKEND, { name: 'Identity (IAS)', x: 473, y: 30, own: false }],
  steps: [
    OPEN,
    {
      line: [330, 192, 449, 58],
      lock: true,
      title: 'The frontend gets a token for the backend',
      text: (
        <>
          directly from Identity, over mutual TLS with the certificate of its own binding (or with its secret, if it has
          one instead); Identity writes the certificate’s thumbprint into the claim <code>cnf</code>.
        </>
      ),
    },
    {
      line: [384, 220, 562, 220],
      lock: true,
      title: 'The frontend calls the backend',
      text: 'at its certificate route, with the token and the same certificate.',
    },
    {
      line: [616, 192, 497, 58],
      title: 'The backend validates the token',
      text: (
        <>
          with Identity’s public keys, compares the certificate with <code>cnf</code>, and answers with the claims it
          has verified.
        </>
      ),
    },
  ],
};

const HOME: JourneyModel = {
  id: 'journey-home',
  title: 'How a request travels with any OAuth server (RFC 8705)',
  summary:
    'Browser, frontend, OAuth server and backend, and the four calls between them; the steps are listed beside the picture.',
  nodes: [BROWSER, FRONTEND, BACKEND, { name: 'OAuth server', x: 473, y: 30, own: false }],
  steps: [
    OPEN,
    {
      line: [330, 192, 449, 58],
      lock: true,
      title: 'The frontend gets a token for the backend',
      text: (
        <>
          with a client secret, or over mutual TLS at the address that the server’s metadata names for it (
          <code>mtls_endpoint_aliases</code>); then the server writes the certificate’s thumbprint into the claim{' '}
          <code>cnf</code>.
        </>
      ),
    },
    {
      line: [384, 220, 562, 220],
      lock: true,
      title: 'The frontend calls the backend',
      text: 'at its certificate route, with the token and, if that was fetched with one, the same certificate.',
    },
    {
      line: [616, 192, 497, 58],
      title: 'The backend validates the token',
      text: (
        <>
          with the server’s public keys, compares the certificate with <code>cnf</code> where there is one, and answers
          with the claims it has verified.
        </>
      ),
    },
  ],
};

/** By the path of the scenario. */
export const JOURNEYS: ReadonlyMap<string, JourneyModel> = new Map([
  ['/app', DESTINATION],
  ['/homepage', IDENTITY],
  ['/home', HOME],
]);
