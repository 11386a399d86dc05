import type { Hop, HopFailure } from '../hops';
import type { Claims } from '../tokens/claims';

/** Something that this app does on behalf of the user who is logged in. */
export interface UserAction {
  readonly id: 'backend' | 'exchange' | 'destination';
  readonly title: string;
  /** What is done with which token, in one or two sentences. */
  readonly description: string;
  readonly outcome: UserActionOutcome;
}

export type UserActionOutcome =
  | {
      readonly kind: 'done';
      /** What it brought, in one sentence. */
      readonly summary: string;
      /** Of the token that came, decoded and not verified. */
      readonly claims?: Claims | undefined;
      /** The answer, where it is no token. */
      readonly body?: unknown;
    }
  | { readonly kind: 'failed'; readonly failure: HopFailure }
  /** Something is not bound, or a step before has failed. */
  | { readonly kind: 'not-possible'; readonly message: string; readonly remedy: string };

/** What one request of the user's page did, in order. */
export interface UserVisit {
  readonly actions: readonly UserAction[];
  readonly hops: readonly Hop[];
}
