import type { CloudTarget } from '../controller';
import type { SessionState } from './session';
import type { Ui } from './ui';

/** The table that ends `login` and that `target` prints; `missing` says what to do where no org or space is targeted. */
export function showTarget(
  ui: Ui,
  state: SessionState,
  { target, verb }: { readonly target: CloudTarget; readonly verb: 'login' | 'target' },
): void {
  const rows: (readonly [string, string])[] = [
    ['API endpoint:', state.api ?? ''],
    ['API version:', target.apiVersion],
  ];
  if (state.user !== undefined) rows.push(['user:', state.user]);
  if (state.org !== undefined) rows.push(['org:', state.org]);
  if (state.space !== undefined) rows.push(['space:', state.space]);
  const noSpace = "No space targeted, use 'cf target -s SPACE'";
  const spaceIsMissing = state.org !== undefined && state.space === undefined;
  if (spaceIsMissing && verb === 'login') rows.push(['space:', noSpace]);
  ui.keyValues(rows);
  if (state.user === undefined) ui.say("Not logged in. Use 'cf login' or 'cf login --sso' to log in.");
  else if (state.org === undefined) ui.say("No org or space targeted, use 'cf target -o ORG -s SPACE'");
  else if (spaceIsMissing && verb === 'target') ui.say(noSpace);
}
