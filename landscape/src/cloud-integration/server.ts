import express, { text, type Express, type Request, type RequestHandler } from 'express';
import { noteRequest } from '../listener';
import { createOAuthErrorHandler } from '../token-core/http-answers';
import { OAuthError } from '../token-core/oauth-error';
import type { Caller } from './authenticate-sender';
import type { Flow, Flows } from './flows';

/** Of the challenge in a 401. */
const REALM = 'SAP Cloud Integration';
const BODY_LIMIT = '1mb';

export interface CloudIntegrationServerOptions {
  readonly flows: Flows;
  /** @throws {OAuthError} when the request is nobody's. */
  readonly authenticate: (req: Request) => Promise<Caller>;
}

/** Creates what the runtime answers: who calls, may he call this flow, what does it say. */
export function createCloudIntegrationServer({ flows, authenticate }: CloudIntegrationServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(createEntrance(flows, authenticate), text({ type: () => true, limit: BODY_LIMIT }), runFlow);
  app.use(createOAuthErrorHandler(REALM));
  return app;
}

interface Admission {
  readonly caller: Caller;
  readonly flow: Flow;
}

const admissions = new WeakMap<Request, Admission>();

/** Before the body is read: a stranger learns neither which flows there are nor makes anybody work. */
function createEntrance(flows: Flows, authenticate: (req: Request) => Promise<Caller>): RequestHandler {
  return async (req, _res, next) => {
    const caller = await authenticate(req);
    const flow = flows.find(req.path);
    if (flow === undefined)
      throw new OAuthError({ status: 404, error: 'not_found', description: `There is no flow at ${req.path}` });
    if (!caller.roles.has(flow.role)) throw missingRole(caller, flow);
    admissions.set(req, { caller, flow });
    noteRequest(req, `${caller.clientId}, authenticated by ${caller.method}, has the role ${flow.role}`);
    next();
  };
}

/** A stand-in for whatever a flow does: it tells what it was sent, and by whom. */
const runFlow: RequestHandler = (req, res) => {
  const { caller, flow } = admissions.get(req) as Admission; // the entrance has set it
  const body: unknown = req.body;
  res.json({
    flow: flow.path,
    role: flow.role,
    sender: caller.clientId,
    authentication: caller.method,
    payload: typeof body === 'string' ? body : '',
  });
};

function missingRole({ clientId, roles, method }: Caller, { path, role }: Flow): OAuthError {
  return new OAuthError({
    status: 403,
    error: 'forbidden',
    description: `Forbidden: the flow ${path} demands the user role ${role}, which the sender does not have`,
    note: `${clientId}, authenticated by ${method}, has ${[...roles].join(', ') || 'no role'}, not ${role}`,
  });
}
