import type { CloudTarget } from '../../controller';
import { CfFailure } from '../failure';
import { switchFlag, textFlag } from '../flags';
import type { SessionState } from '../session';
import { showTarget } from '../target-table';
import type { Ui } from '../ui';
import { defineVerb, type CfRun } from '../verb';

const TRIES = 3;

export const login = defineVerb({
  name: 'login',
  alias: 'l',
  description: 'Log user in',
  usage: [
    'login [-a API_URL] [-u USERNAME] [-p PASSWORD] [-o ORG] [-s SPACE] [--sso | --sso-passcode PASSCODE] [--origin ORIGIN]',
  ],
  examples: ['cf login -a https://api.cf.localhost', 'cf login -u name@example.com -o my-org -s dev'],
  seeAlso: ['api', 'auth', 'target'],
  requires: 'nothing',
  required: [],
  flags: {
    api: textFlag({ short: 'a', description: 'API endpoint (e.g. https://api.example.com)' }),
    user: textFlag({ short: 'u', description: 'Username; the landscape takes any' }),
    password: textFlag({ short: 'p', description: 'Password; the landscape takes any that is not empty' }),
    org: textFlag({ short: 'o', description: 'Org' }),
    space: textFlag({ short: 's', description: 'Space' }),
    sso: switchFlag({ long: 'sso', description: 'Prompt for a one-time passcode to login' }),
    passcode: textFlag({ long: 'sso-passcode', description: 'One-time passcode' }),
    origin: textFlag({ long: 'origin', description: 'Indicates the identity provider to be used for login' }),
    skipSsl: switchFlag({ long: 'skip-ssl-validation', description: 'Skip verification of the API endpoint' }),
  },
  async execute({ flags }, run) {
    const { ui, session, controller } = run;
    const api = await chooseEndpoint(run, flags.api);
    session.state = { api };
    const user = await authenticate(run, flags);
    if (user === undefined) {
      showTarget(ui, session.state, { target: controller.target, verb: 'login' });
      throw new CfFailure('Unable to authenticate.');
    }
    session.state = { api, user };
    try {
      session.state = chooseTarget(ui, { state: session.state, target: controller.target, ...flags });
    } catch (error) {
      if (error instanceof TargetNotFound) session.state = error.reached;
      showTarget(ui, session.state, { target: controller.target, verb: 'login' });
      throw error;
    }
    showTarget(ui, session.state, { target: controller.target, verb: 'login' });
  },
});

async function chooseEndpoint({ ui, session, controller }: CfRun, given: string | undefined): Promise<string> {
  const known = given ?? session.state.api;
  const text = known ?? (await ui.ask('API endpoint: ')).trim();
  const api = /^https?:\/\//.test(text) ? text.replace(/\/+$/, '') : `https://${text}`;
  if (known !== undefined) ui.say(ui.format`API endpoint: ${api}`);
  if (api.startsWith('http:'))
    ui.warn('Warning: Insecure http API endpoint detected: secure https API endpoints are recommended\n');
  // Somebody who believes to work on a real account must hear that they do not.
  if (api !== controller.target.api)
    ui.warn(`This is the local landscape's cf: it does not reach ${api}, everything happens in the landscape.`);
  ui.say();
  return api;
}

interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly sso: boolean;
  readonly passcode: string | undefined;
}

/** Undefined when three passwords were refused; the landscape refuses empty ones only. */
async function authenticate({ ui, controller }: CfRun, flags: Credentials): Promise<string | undefined> {
  if (flags.sso || flags.passcode !== undefined) return authenticateWithPasscode(ui, flags, controller.target);
  const user = flags.user ?? (await ui.ask('Email: ')).trim();
  if (flags.user === undefined) ui.say();
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const given = attempt === 0 ? flags.password : undefined;
    const password = given ?? (await ui.ask('Password: ', { hidden: true }));
    if (given === undefined) ui.say();
    ui.say('Authenticating...');
    if (password !== '' && user !== '') {
      ui.ok();
      return user;
    }
    ui.warn('Credentials were rejected, please try again.\n');
  }
  return undefined;
}

async function authenticateWithPasscode(
  ui: Ui,
  { passcode }: Credentials,
  target: CloudTarget,
): Promise<string | undefined> {
  const page = target.api.replace('://api.', '://login.');
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const given = attempt === 0 ? passcode : undefined;
    const question = `Temporary Authentication Code ( Get one at ${page}/passcode ): `;
    const code = given ?? (await ui.ask(question, { hidden: true }));
    if (given === undefined) ui.say();
    ui.say('Authenticating...');
    if (code !== '') {
      ui.ok();
      return target.user;
    }
    ui.warn('Credentials were rejected, please try again.\n');
  }
  return undefined;
}

/** The org or space does not exist; the session keeps what was reached before. */
class TargetNotFound extends CfFailure {
  readonly reached: SessionState;

  constructor(message: string, reached: SessionState) {
    super(message);
    this.reached = reached;
  }
}

/** There is one org with one space, so that both are targeted when nothing is asked for. */
function chooseTarget(
  ui: Ui,
  {
    state,
    target,
    org,
    space,
  }: {
    readonly state: SessionState;
    readonly target: CloudTarget;
    readonly org: string | undefined;
    readonly space: string | undefined;
  },
): SessionState {
  if (org !== undefined && org !== target.org.name) throw new TargetNotFound(`Organization '${org}' not found.`, state);
  ui.say(ui.format`Targeted org ${target.org.name}.` + '\n');
  const reached = { ...state, org: target.org.name };
  if (space !== undefined && space !== target.space.name)
    throw new TargetNotFound(`Space '${space}' not found.`, reached);
  ui.say(ui.format`Targeted space ${target.space.name}.` + '\n');
  return { ...reached, space: target.space.name };
}
