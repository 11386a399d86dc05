import { CfFailure } from '../failure';
import { textFlag } from '../flags';
import { showTarget } from '../target-table';
import { defineVerb, type CfRun } from '../verb';

export const target = defineVerb({
  name: 'target',
  alias: 't',
  description: 'Set or view the targeted org or space',
  usage: ['target [-o ORG] [-s SPACE]'],
  seeAlso: ['create-org', 'create-space', 'login', 'orgs', 'spaces'],
  requires: 'login',
  required: [],
  flags: {
    org: textFlag({ short: 'o', description: 'Organization' }),
    space: textFlag({ short: 's', description: 'Space' }),
  },
  async execute({ flags }, run) {
    if (flags.org !== undefined) targetOrg(run, flags.org);
    if (flags.space !== undefined) targetSpace(run, flags.space);
    showTarget(run.ui, run.session.state, { target: run.controller.target, verb: 'target' });
  },
});

/** The org's only space comes with it. A failure leaves neither. */
function targetOrg({ session, controller }: CfRun, name: string): void {
  const { api, user } = session.state;
  const { org, space } = controller.target;
  const state = { ...(api !== undefined && { api }), ...(user !== undefined && { user }) };
  session.state = state;
  if (name !== org.name) throw new CfFailure(`Organization '${name}' not found.`);
  session.state = { ...state, org: org.name, space: space.name };
}

function targetSpace({ session, controller }: CfRun, name: string): void {
  const { space: _before, ...state } = session.state;
  session.state = state;
  if (state.org === undefined) throw new CfFailure("No org targeted, use 'cf target -o ORG' to target an org.");
  if (name !== controller.target.space.name) throw new CfFailure(`Space '${name}' not found.`);
  session.state = { ...state, space: name };
}
