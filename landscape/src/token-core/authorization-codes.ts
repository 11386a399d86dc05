import { randomBytes } from 'node:crypto';
import type { Authorization } from './authorization';
import { ExpiringStore } from './expiring-store';
import type { CodeChallenge } from './pkce';

/** What a code stands for: the authorization, and what the token request must repeat or prove. */
export interface IssuedCode {
  readonly authorization: Authorization;
  readonly redirectUri: string;
  readonly codeChallenge?: CodeChallenge;
}

export interface AuthorizationCodesOptions {
  readonly validityS: number;
  readonly now: () => number;
}

/** The authorization codes of a token service: short-lived, and good for one attempt (RFC 6749 §4.1.2). */
export class AuthorizationCodes {
  readonly #codes: ExpiringStore<IssuedCode>;
  readonly #validityS: number;

  constructor({ validityS, now }: AuthorizationCodesOptions) {
    this.#codes = new ExpiringStore(now);
    this.#validityS = validityS;
  }

  issue(content: IssuedCode): string {
    const code = randomBytes(24).toString('base64url');
    this.#codes.add(code, content, this.#validityS);
    return code;
  }

  /** Finds what a code stands for; whatever comes of it, the code is used up. */
  redeem(code: string): IssuedCode | undefined {
    return this.#codes.take(code);
  }
}
