import type { CertificateCard } from '../scenario';

/** What came of using a token again as its thief would: everything that the page and its JSON show. */
export interface Replay {
  /** Thumbprint of the certificate that the token is bound to; absent for a token that is bound to none. */
  readonly boundTo?: string;
  readonly steps: readonly ReplayStep[];
}

export interface ReplayStep {
  readonly id: 'own-certificate' | 'no-certificate' | 'other-certificate' | 'forged-header';
  readonly title: string;
  /** Who would make such a call, and how. */
  readonly story: string;
  /** What has to come of it, by the token: a bound one is accepted with its certificate alone, any other always. */
  readonly expected: 'accepted' | 'refused';
  readonly result: MadeStep | OmittedStep;
}

export interface MadeStep {
  readonly kind: 'made';
  readonly request: ReplayRequest;
  readonly answer: ReplayAnswer;
  /** Whether the answer is the expected one. */
  readonly asExpected: boolean;
}

/** A step that this deployment does not allow. */
export interface OmittedStep {
  readonly kind: 'omitted';
  readonly reason: string;
  /** How to make it by other means, as an instruction; commands in backticks. */
  readonly remedy: string;
}

/** A request as it was sent, but for the token. */
export interface ReplayRequest {
  readonly method: 'GET';
  readonly url: string;
  /** The client certificate in the TLS handshake. */
  readonly certificate?: CertificateCard;
  /** What was sent beside the token, by name; values shortened. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type ReplayAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** WWW-Authenticate, as it came. */
      readonly challenge?: string;
      /** In the words of the answer. */
      readonly reason: string;
      readonly durationMs: number;
    }
  /** No answer came: the connection was refused or lost. */
  | { readonly kind: 'unanswered'; readonly reason: string };

/** The steps that did not come out as they must. */
export function listSurprises({ steps }: Replay): readonly (ReplayStep & { readonly result: MadeStep })[] {
  return steps.flatMap(({ result, ...step }) =>
    result.kind === 'made' && !result.asExpected ? [{ ...step, result }] : [],
  );
}
