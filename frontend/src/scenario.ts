import type { Hop, HopFailure, Party } from './hops';

/** The certificate that a token is bound to, without its key. */
export interface CertificateCard {
  readonly 'x5t#S256': string;
  /** RFC 4514 text, e.g. `CN=…,L=mtlsxsuaa,OU=…,O=…,C=DE`. */
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** What one run of a scenario brought: everything that its page and its JSON show. */
export interface ScenarioResult {
  readonly backend?: { readonly status: number; readonly body: unknown };
  readonly token?: { readonly claims: Readonly<Record<string, unknown>> };
  readonly certificate?: CertificateCard;
  readonly hops: readonly Hop[];
  /** Where the scenario is one of several ways to a token: what each has brought, this one included. */
  readonly comparison?: readonly ComparedToken[];
  /** What the user should know although it is no failure. */
  readonly notes?: readonly ScenarioNote[];
  readonly error?: ScenarioError;
}

/** One of several ways to a token, with the token that it brought last. */
export interface ComparedToken {
  /** Path of the page that gets one. */
  readonly path: string;
  readonly title: string;
  /** What the button for it says. */
  readonly action: string;
  readonly state: ScenarioCard['state'];
  /** Absent until one was fetched, and when it has expired. */
  readonly last?: {
    /** ISO 8601, UTC. */
    readonly at: string;
    /** Decoded, not verified. */
    readonly claims: Readonly<Record<string, unknown>>;
    /** The backend's answer to it. */
    readonly backend: NonNullable<ScenarioResult['backend']>;
  };
}

export interface ScenarioNote {
  /** Stable, kebab-case. */
  readonly code: string;
  /** What is unusual, in one sentence. */
  readonly message: string;
  readonly reason: string;
}

/** The failing hop and the remedy; `status` is what this app answers (502, 503 or 504), never an upstream's 401. */
export interface ScenarioError extends HopFailure {
  readonly hop: { readonly from: Party; readonly to: Party };
  readonly status: 500 | 502 | 503 | 504;
}

/** What a page of a scenario says, whatever the run brought. */
export interface ScenarioPage {
  /** Path of the page, e.g. `/app`. */
  readonly path: string;
  readonly title: string;
  /** How new tokens are stopped; one or more sentences, commands in backticks. */
  readonly revocation: string;
  /** The page that leads here, where that is not the start page. */
  readonly parent?: { readonly path: string; readonly title: string };
}

export interface ScenarioDescription extends ScenarioPage {
  readonly description: string;
}

/** When a certificate that a scenario or the login uses ends. Anybody may see it: it names neither subject nor service instance. */
export interface UsedCertificate {
  /** Its path and where the certificate is from, e.g. `/app binding`. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
}

/** A card of the start page. */
export interface ScenarioCard {
  /** Path of the scenario's page, e.g. `/app`. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly state:
    | { readonly kind: 'ready' }
    /** `bind` is an instruction: which service to bind, with the command. */
    | { readonly kind: 'not-bound'; readonly bind: string }
    /** Bound, but something else is missing or cannot work: `remedy` is an instruction. */
    | { readonly kind: 'not-configured'; readonly problem: string; readonly remedy: string };
  /** End of validity of the certificate in use, ISO 8601; absent until known. */
  readonly certificateNotAfter?: string;
  readonly lastResult?: { readonly ok: boolean; readonly at: string; readonly summary: string };
}
