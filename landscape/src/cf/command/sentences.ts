import type { CfRun } from './verb';

interface Place {
  readonly org: string;
  readonly space: string;
  readonly user: string;
}

/** Where the verb acts, for its sentences; only verbs that require a space ask. */
export function placeOf({ session: { state } }: Pick<CfRun, 'session'>): Place {
  return { org: state.org ?? '', space: state.space ?? '', user: state.user ?? '' };
}

/** Prints e.g. `Deleting app a in org O / space S as U...`: `texts` end before ` in org`. */
export function announce({ ui, session }: Pick<CfRun, 'ui' | 'session'>, what: string): void {
  const { org, space, user } = placeOf({ session });
  ui.say(`${what}${ui.format` in org ${org} / space ${space} as ${user}...`}`);
}
