/** The grants of XSUAA that need no browser: this app runs them at the press of a button. */
export const runnableGrants = ['client-credentials', 'jwt-bearer', 'refresh-token'] as const;
export type RunnableGrant = (typeof runnableGrants)[number];
/** The four grants of XSUAA that this app uses. */
export type GrantId = 'authorization-code' | RunnableGrant;

/** A request as one would send it from a REST client, with what is secret in it masked. */
export interface GrantRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Of the body of a POST, of the query of a GET; in order. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** How the client authenticates besides, e.g. by its certificate. */
  readonly authentication: string;
}

/** A grant that was run: what was sent and what came, with what is secret in it masked. */
export interface GrantRun {
  readonly grant: RunnableGrant;
  readonly request: GrantRequest;
  readonly response: { readonly status: number; readonly body: unknown; readonly claims?: unknown };
}

export interface GrantDescription {
  readonly id: GrantId;
  readonly title: string;
  /** Who gets a token, and when one uses it. */
  readonly purpose: string;
  /** Whose token it is, in two or three words. */
  readonly subject: string;
  readonly steps: readonly GrantRequest[];
}

export const MASK = '…';
