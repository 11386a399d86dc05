import type { SessionData } from 'express-session';
import * as v from 'valibot';
import { loginTokensSchema, type LoginTokens } from '../login/login-tokens';
import { parseJson } from '../upstream/answer';

declare module 'express-session' {
  interface SessionData {
    /** Absent until a user has logged in. */
    login?: LoginTokens;
  }
}

const sessionSchema = v.object({
  cookie: v.looseObject({ originalMaxAge: v.nullable(v.number()) }),
  login: v.optional(loginTokensSchema),
});

/** Reads a session as a store keeps it; null for none, and for one of another release that has another shape. */
export function readSessionData(text: string | null | undefined): SessionData | null {
  if (text === null || text === undefined) return null;
  const parsed = v.safeParse(sessionSchema, parseJson(text));
  if (!parsed.success) return null;
  // express-session itself has written what else the cookie holds.
  return parsed.output as SessionData;
}
