import * as v from 'valibot';
import { tokenSchema } from '../upstream/answer';

/** The tokens of a user who is logged in; they stay in the session, on the server. */
export const loginTokensSchema = v.object({
  accessToken: tokenSchema,
  /** Absent where the instance gives none. */
  refreshToken: v.optional(v.string()),
  /** Milliseconds since the epoch: from here on new ones are wanted. */
  refreshAt: v.number(),
  /** Milliseconds since the epoch: from here on the access token is not used any more. */
  expiresAt: v.number(),
});
export type LoginTokens = v.InferOutput<typeof loginTokensSchema>;
