import * as v from 'valibot';
import type { CloudTarget } from '../controller';

const StateSchema = v.object({
  api: v.optional(v.string()),
  user: v.optional(v.string()),
  org: v.optional(v.string()),
  space: v.optional(v.string()),
});

const PreferencesSchema = v.object({
  /** CF_COLOR; absent: colours in a terminal only. */
  colour: v.optional(v.boolean()),
  /** CF_STARTUP_TIMEOUT in minutes. */
  startupTimeoutMinutes: v.optional(v.pipe(v.number(), v.gtValue(0))),
});

const SessionSchema = v.object({ ...StateSchema.entries, preferences: v.optional(PreferencesSchema) });

export type SessionState = v.InferOutput<typeof StateSchema>;
export type Preferences = v.InferOutput<typeof PreferencesSchema>;

/** Who uses `cf` and where: what the real one keeps in ~/.cf/config.json. Verbs change it, the caller keeps it. */
export class CfSession {
  state: SessionState;
  readonly preferences: Preferences;

  constructor(state: SessionState, preferences: Preferences = {}) {
    this.state = state;
    this.preferences = preferences;
  }

  /** A session in the landscape's only org and space: what a fresh landscape starts with. */
  static loggedIn(target: CloudTarget, preferences: Preferences = {}): CfSession {
    const { api, user, org, space } = target;
    return new CfSession({ api, user, org: org.name, space: space.name }, preferences);
  }

  /**
   * Reads what a client sent. Without a state of its own it is logged in; a target that this landscape does not have
   * (the state is older than the landscape) is dropped, so that `cf target` tells what to do. What is no session at all
   * counts as none.
   */
  static parse(value: unknown, target: CloudTarget): CfSession {
    const parsed = v.safeParse(SessionSchema, value ?? {});
    const { preferences, ...state } = parsed.success ? parsed.output : {};
    if (Object.keys(state).length === 0) return CfSession.loggedIn(target, preferences);
    const { org, space, ...rest } = state;
    const knowsOrg = org === target.org.name;
    return new CfSession(
      {
        ...rest,
        ...(knowsOrg && { org }),
        ...(knowsOrg && space === target.space.name && { space }),
      },
      preferences,
    );
  }

  /** What the client keeps: without its preferences. */
  toJSON(): SessionState {
    return this.state;
  }
}
