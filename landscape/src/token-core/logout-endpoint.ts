import type { Request, RequestHandler } from 'express';
import { noteRequest } from '../listener';
import type { TargetContext } from './authorization-request';
import { sendPage, sendRedirect } from './browser-answers';
import type { BrowserSession, BrowserSessions } from './browser-sessions';
import type { UserClient } from './authorization';
import { MessagePage } from './pages/message-page';
import { addToQuery } from './redirect-uri';

export interface LogoutRequest {
  readonly clientId?: string | undefined;
  readonly redirect?: string | undefined;
  readonly state?: string | undefined;
}

export interface LogoutOptions<Client extends UserClient> extends TargetContext<Client> {
  readonly service: string;
  readonly sessions: BrowserSessions;
  readonly readRequest: (query: URLSearchParams) => Promise<LogoutRequest>;
  readonly onEnd?: (session: BrowserSession) => void;
}

/** Creates the endpoint that ends the login at this service, and leads on to where the client may send its users. */
export function createLogoutEndpoint<Client extends UserClient>(options: LogoutOptions<Client>): RequestHandler {
  return async (req, res) => {
    const request = await options.readRequest(new URL(req.originalUrl, 'https://localhost').searchParams);
    const session = options.sessions.end(req, res);
    if (session !== undefined) options.onEnd?.(session);
    const location = findLocation(request, options);
    if (location !== undefined) return sendRedirect(res, location);
    sendPage(res, describe(req, request, options), { status: 200 });
  };
}

/** Only what is registered: anything else would be an open redirect. */
function findLocation<Client extends UserClient>(
  { clientId, redirect, state }: LogoutRequest,
  { registry, isAllowedRedirect }: LogoutOptions<Client>,
): string | undefined {
  const client = clientId === undefined ? undefined : registry.find(clientId);
  if (redirect === undefined || client === undefined || !isAllowedRedirect(redirect, client)) return undefined;
  return state === undefined ? redirect : addToQuery(redirect, { state });
}

function describe<Client extends UserClient>(
  req: Request,
  { redirect }: LogoutRequest,
  { service }: LogoutOptions<Client>,
): ReturnType<typeof MessagePage> {
  const isRefused = redirect !== undefined;
  if (isRefused) noteRequest(req, 'no redirect after the logout: it is not registered for the client');
  return MessagePage({
    service,
    title: 'You are logged out',
    text: isRefused
      ? 'The application wanted to send you on to an address that is not registered for it, so you stay here.'
      : 'You can close this window.',
  });
}
