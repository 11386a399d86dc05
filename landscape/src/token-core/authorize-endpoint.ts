import type { Request, RequestHandler, Response } from 'express';
import { noteRequest } from '../listener';
import type { AuthorizationCodes } from './authorization-codes';
import {
  readAuthorizationRequest,
  readRedirectTarget,
  UnknownTargetError,
  type AuthorizationRequest,
  type RedirectTarget,
  type TargetContext,
} from './authorization-request';
import { sendPage, sendRedirect } from './browser-answers';
import type { BrowserSession, BrowserSessions } from './browser-sessions';
import type { UserClient } from './authorization';
import { OAuthError } from './oauth-error';
import { MessagePage } from './pages/message-page';
import { addToQuery } from './redirect-uri';
import type { User } from './user-directory';

export interface ScopeRequest<Client> {
  readonly client: Client;
  readonly user: User;
  readonly requested: readonly string[];
}

export interface AuthorizeOptions<Client extends UserClient> extends TargetContext<Client> {
  /** Its name, as pages show it. */
  readonly service: string;
  readonly loginPath: string;
  readonly sessions: BrowserSessions;
  readonly codes: AuthorizationCodes;
  /**
   * The scopes that the user grants.
   * @throws {OAuthError} invalid_scope.
   */
  readonly grantScopes: (request: ScopeRequest<Client>) => readonly string[];
}

/** Creates the authorization endpoint for the code grant: it sends the user to the login, and then with a code to the client. */
export function createAuthorizeEndpoint<Client extends UserClient>(options: AuthorizeOptions<Client>): RequestHandler {
  return (req, res) => {
    const query = queryOf(req);
    const target = findTarget(req, res, query, options);
    if (target === undefined) return;
    try {
      const request = readAuthorizationRequest(query, target.client);
      const session = findSession(req, request, options);
      sendRedirect(
        res,
        session === undefined ? askForLogin(query, request, options) : grant({ target, request, session }, options),
      );
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      noteRequest(req, error.note);
      sendRedirect(res, answer(target, { error: error.error, error_description: error.description }));
    }
  };
}

function queryOf({ originalUrl }: Request): string {
  const start = originalUrl.indexOf('?');
  return start < 0 ? '' : originalUrl.slice(start + 1);
}

function findTarget<Client extends UserClient>(
  req: Request,
  res: Response,
  query: string,
  options: AuthorizeOptions<Client>,
): RedirectTarget<Client> | undefined {
  try {
    return readRedirectTarget(new URLSearchParams(query), options);
  } catch (error) {
    if (!(error instanceof UnknownTargetError)) throw error;
    noteRequest(req, error.message);
    const page = MessagePage({
      service: options.service,
      title: 'The application cannot log you in',
      text: error.message,
    });
    sendPage(res, page, { status: 400 });
    return undefined;
  }
}

/** @throws {OAuthError} login_required when the client wants no login page (OpenID Connect Core §3.1.2.6). */
function findSession<Client extends UserClient>(
  req: Request,
  { prompt }: AuthorizationRequest,
  { sessions }: AuthorizeOptions<Client>,
): BrowserSession | undefined {
  if (prompt === 'login') return undefined;
  const session = sessions.find(req);
  if (session === undefined && prompt === 'none')
    throw new OAuthError({ status: 400, error: 'login_required', description: 'The user is not logged in' });
  return session;
}

/** The request waits in the address of the login page: several tabs do not disturb each other. */
function askForLogin<Client extends UserClient>(
  query: string,
  { prompt, loginHint }: AuthorizationRequest,
  { loginPath }: AuthorizeOptions<Client>,
): string {
  const continuation = new URLSearchParams(query);
  continuation.delete('prompt');
  const parameters = new URLSearchParams({
    continue: continuation.toString(),
    ...(prompt !== undefined && { prompt }),
    ...(loginHint !== undefined && { login_hint: loginHint }),
  });
  return `${loginPath}?${parameters.toString()}`;
}

interface Decision<Client> {
  readonly target: RedirectTarget<Client>;
  readonly request: AuthorizationRequest;
  readonly session: BrowserSession;
}

function grant<Client extends UserClient>(
  { target, request, session }: Decision<Client>,
  { codes, grantScopes }: AuthorizeOptions<Client>,
): string {
  const { client, redirectUri } = target;
  const { user, authTime, id: sessionId } = session;
  const { nonce, codeChallenge } = request;
  const scopes = grantScopes({ client, user, requested: request.scopes });
  const code = codes.issue({
    authorization: {
      instanceId: client.instanceId,
      user,
      scopes,
      authTime,
      sessionId,
      ...(nonce !== undefined && { nonce }),
    },
    redirectUri,
    ...(codeChallenge && { codeChallenge }),
  });
  return answer(target, { code });
}

function answer<Client>(
  { redirectUri, state }: RedirectTarget<Client>,
  parameters: Readonly<Record<string, string>>,
): string {
  return addToQuery(redirectUri, { ...parameters, ...(state !== undefined && { state }) });
}
