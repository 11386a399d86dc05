import { maskSecrets } from '@mtls/platform';
import type { BackendAccess } from '../access';
import { millisecondsSince } from '../hop-outcome';
import { confirmedThumbprint } from '../tokens/claims';
import { concealSecret, parseJson, quote, readChallenge, readReason } from '../upstream/answer';
import { Connections } from '../upstream/connections';
import type { CreateAgent, HttpAnswer } from '../upstream/http-client';
import { UpstreamError, type Upstream } from '../upstream/upstream';
import { planReplay, type PlannedCall, type PlannedStep, type ReplayPlanOptions } from './plan';
import type { Replay, ReplayAnswer, ReplayRequest, ReplayStep } from './replay';

export interface ReplayOptions extends Omit<ReplayPlanOptions, 'addressFrom'> {
  readonly backend: Upstream;
  /** How TLS agents are made; Node's own by default. */
  readonly createAgent?: CreateAgent | undefined;
}

const METHOD = 'GET';
const LONGEST_CHALLENGE = 1000;
const SHOWN_OF_A_VALUE = 24;

/** Uses a token as its owner does, and as a thief would. Nothing of the outcome is assumed: it is what the backend answers. */
export async function replayToken(access: BackendAccess, options: ReplayOptions): Promise<Replay> {
  const boundTo = confirmedThumbprint(access.token.claims);
  const plan = planReplay(access, { ...options, addressFrom: options.backend.addressFrom });
  const steps = await Promise.all(plan.map((step) => make(step, access.token.value, options)));
  return { ...(boundTo !== undefined && { boundTo }), steps };
}

async function make({ plan, ...step }: PlannedStep, token: string, options: ReplayOptions): Promise<ReplayStep> {
  if (plan.kind === 'omitted') return { ...step, result: plan };
  const answer = await call(plan, token, options);
  const asExpected = answer.kind === 'answered' && judge(answer.status) === step.expected;
  return { ...step, result: { kind: 'made', request: describeRequest(plan), answer, asExpected } };
}

function judge(status: number): ReplayStep['expected'] | undefined {
  if (status >= 200 && status <= 299) return 'accepted';
  return status === 401 ? 'refused' : undefined;
}

/** On a connection of its own: a kept one has the certificate of its handshake, and a resumed session that of its first. */
async function call(
  { url, certificate, headers }: PlannedCall,
  token: string,
  { backend, createAgent }: ReplayOptions,
): Promise<ReplayAnswer> {
  const connections = new Connections(certificate, { maxSockets: 1, createAgent });
  const started = performance.now();
  try {
    const raw = await connections.backend.send(backend, {
      method: METHOD,
      url,
      headers: { accept: 'application/json', authorization: `Bearer ${token}`, ...headers },
    });
    return describeAnswer(concealSecret(raw, token), millisecondsSince(started));
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { kind: 'unanswered', reason: error.description };
  } finally {
    connections.close();
  }
}

function describeAnswer(answer: HttpAnswer, durationMs: number): ReplayAnswer {
  const { status, headers } = answer;
  const challenge = headers['www-authenticate'];
  return {
    kind: 'answered',
    status,
    ...(challenge !== undefined && { challenge: maskSecrets(challenge.slice(0, LONGEST_CHALLENGE)) }),
    reason:
      readMessage(answer) ??
      readChallenge(challenge).description ??
      readReason(answer) ??
      'The answer gives no reason.',
    durationMs,
  };
}

/** What the backend says to a request that it accepts. */
function readMessage({ text }: HttpAnswer): string | undefined {
  const body = parseJson(text);
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return typeof message === 'string' && message !== '' ? quote(message) : undefined;
}

function describeRequest({ url, certificate, headers }: PlannedCall): ReplayRequest {
  return {
    method: METHOD,
    url: url.href,
    ...(certificate && { certificate: certificate.card }),
    ...(headers && { headers: shorten(headers) }),
  };
}

function shorten(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.length > SHOWN_OF_A_VALUE ? `${value.slice(0, SHOWN_OF_A_VALUE)}… (${value.length} characters)` : value,
    ]),
  );
}
