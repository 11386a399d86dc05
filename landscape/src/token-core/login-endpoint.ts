import { Router, type Request, type Response } from 'express';
import { noteRequest } from '../listener';
import { readRedirectTarget, UnknownTargetError, type TargetContext } from './authorization-request';
import { sendPage, sendRedirect } from './browser-answers';
import type { BrowserSessions } from './browser-sessions';
import type { UserClient } from './authorization';
import { CSRF_NAME, isOwnForm, issueCsrfToken } from './csrf';
import { Form } from './form';
import { readFormText, refuseMethod } from './http-answers';
import { LoginPage } from './pages/login-page';
import { MessagePage } from './pages/message-page';
import type { UserDirectory } from './user-directory';

export interface LoginPaths {
  readonly authorize: string;
  readonly login: string;
  /** Where the form is sent to. */
  readonly submit: string;
  readonly logout: string;
}

export interface LoginOptions<Client extends UserClient> extends TargetContext<Client> {
  readonly service: string;
  readonly paths: LoginPaths;
  readonly sessions: BrowserSessions;
  readonly users: UserDirectory;
  readonly now: () => number;
}

const FAILURE = 'login_failure';

/** Creates the login page and what its form is sent to. Whoever has logged in goes on to the authorization request that waits. */
export function createLoginRouter<Client extends UserClient>(options: LoginOptions<Client>): Router {
  const { paths } = options;
  const router = Router();
  router.get('/', (req, res) => showHome(req, res, options));
  router
    .route(paths.login)
    .get((req, res) => showForm(req, res, options))
    .all(refuseMethod('GET, HEAD'));
  router
    .route(paths.submit)
    .post(readFormText, (req, res) => submit(req, res, options))
    .all(refuseMethod('POST'));
  return router;
}

function showForm<Client extends UserClient>(req: Request, res: Response, options: LoginOptions<Client>): void {
  const query = new URL(req.originalUrl, 'https://localhost').searchParams;
  const continuation = query.get('continue') ?? '';
  if (options.sessions.find(req) !== undefined && query.get('prompt') !== 'login')
    return sendRedirect(res, goOn(continuation, options));
  const hint = query.get('login_hint') ?? '';
  const target = describeTarget(continuation, options);
  const page = LoginPage({
    service: options.service,
    action: options.paths.submit,
    csrfToken: issueCsrfToken(req, res, options.now()),
    continuation,
    ...(target && { client: target.client }),
    // UAA's hint may also name an identity provider, as JSON.
    ...(hint !== '' && !hint.startsWith('{') && { username: hint }),
    ...(query.get('error') === FAILURE && { problem: 'That user and password do not belong together.' }),
  });
  sendPage(res, page, { status: 200, ...(target && { formTarget: target.origin }) });
}

/** Whoever logs in without an application that waits ends here. */
function showHome<Client extends UserClient>(req: Request, res: Response, options: LoginOptions<Client>): void {
  const { service, paths, sessions } = options;
  const session = sessions.find(req);
  if (session === undefined) return sendRedirect(res, paths.login);
  const page = MessagePage({
    service,
    title: 'You are logged in',
    text: `as ${session.user.name}. Open an application to go on.`,
    link: { href: paths.logout, text: 'Log out' },
  });
  sendPage(res, page, { status: 200 });
}

/** What the page says of the client that waits; the authorization endpoint decides about it later. */
function describeTarget<Client extends UserClient>(
  continuation: string,
  options: LoginOptions<Client>,
): { readonly client: string; readonly origin: string } | undefined {
  try {
    const { client, redirectUri } = readRedirectTarget(new URLSearchParams(continuation), options);
    const { origin, protocol } = new URL(redirectUri);
    return { client: client.clientId, origin: origin === 'null' ? protocol : origin };
  } catch (error) {
    if (error instanceof UnknownTargetError) return undefined;
    throw error;
  }
}

function submit<Client extends UserClient>(req: Request, res: Response, options: LoginOptions<Client>): void {
  const body: unknown = req.body;
  const form = Form.parse(typeof body === 'string' ? body : '');
  if (!isOwnForm(req, form.get(CSRF_NAME))) return refuseForm(req, res, options);
  const username = form.get('username') ?? '';
  const continuation = form.get('continue') ?? '';
  const user = options.users.authenticate(username, form.get('password') ?? '');
  issueCsrfToken(req, res, options.now());
  if (user === undefined) {
    noteRequest(req, 'wrong user or password');
    const again = new URLSearchParams({
      continue: continuation,
      login_hint: username,
      error: FAILURE,
      prompt: 'login',
    });
    return sendRedirect(res, `${options.paths.login}?${again.toString()}`);
  }
  noteRequest(req, `${user.name} has logged in`);
  options.sessions.begin(req, res, user);
  sendRedirect(res, goOn(continuation, options));
}

function refuseForm<Client extends UserClient>(req: Request, res: Response, options: LoginOptions<Client>): void {
  noteRequest(req, 'the form does not come from the login page that this browser was given (CSRF)');
  const page = MessagePage({
    service: options.service,
    title: 'Nobody was logged in',
    text: 'The form did not come from the login page of this service, or its cookie is gone. Start again at the application.',
    link: { href: options.paths.login, text: 'Log in here' },
  });
  sendPage(res, page, { status: 403 });
}

/** Always to this server: the continuation is a query, never an address. */
function goOn<Client extends UserClient>(continuation: string, { paths }: LoginOptions<Client>): string {
  return continuation === '' ? '/' : `${paths.authorize}?${new URLSearchParams(continuation).toString()}`;
}
