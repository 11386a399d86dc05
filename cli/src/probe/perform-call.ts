import type { IncomingHttpHeaders } from 'node:http';
import type { Finding } from '../findings';
import { sortWorstFirst } from '../findings';
import { computeThumbprint } from '../pki/certificate';
import type { ClientIdentity } from '../pki/keystore';
import { parseBody } from './body';
import { refusePlainHttp, type CallSettings } from './call-settings';
import { decodeClaims, readConfirmation, type Claims } from './claims';
import { HopFailure, type Hop } from './hop';
import { judgeAnswer } from './judge-answer';
import { requestToken, type TokenRequest } from './request-token';
import { sendRequest } from './send-request';

/** One call as a user wants it. */
export interface CallPlan {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | undefined;
  /** Shown to the target if it asks for it. */
  readonly identity?: ClientIdentity | undefined;
  /** `fetch` asks a token endpoint first, `given` sends a token that is there already. */
  readonly token?:
    | { readonly kind: 'fetch'; readonly request: TokenRequest }
    | { readonly kind: 'given'; readonly value: string }
    | undefined;
}

export interface CallAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface CallReport {
  /** Every step that was taken, in order. */
  readonly hops: readonly Hop[];
  /** Absent where the call ended before. */
  readonly answer: CallAnswer | undefined;
  /** Claims are decoded, not verified, and absent for an opaque token. */
  readonly token: { readonly claims: Claims | undefined } | undefined;
  /** The worst first: the first one is why the call failed. */
  readonly findings: readonly Finding[];
}

interface SentToken {
  readonly value: string;
  readonly claims: Claims | undefined;
}

/**
 * Makes a call, with a token that is fetched first if the plan says so, and explains what failed.
 * @throws {UsageFailure} `plain-http` before a secret or token would be sent in the clear.
 */
export async function performCall(plan: CallPlan, given: CallSettings): Promise<CallReport> {
  const hops: Hop[] = [];
  const settings: CallSettings = { ...given, recordHop: (hop) => hops.push(hop) };
  if (plan.token !== undefined) refusePlainHttp(plan.url, 'The token', settings);
  let token: SentToken | undefined;
  try {
    token = await prepareToken(plan, settings);
    const answer = await send(plan, { token, settings });
    const findings = [...judgeToken(plan, token), ...judge(plan, { answer, token, settings })];
    return { hops, answer, token, findings: sortWorstFirst(findings) };
  } catch (error) {
    if (!(error instanceof HopFailure)) throw error;
    return { hops, answer: undefined, token, findings: [error.finding, ...error.further] };
  }
}

async function prepareToken({ token }: CallPlan, settings: CallSettings): Promise<SentToken | undefined> {
  if (token === undefined) return undefined;
  if (token.kind === 'given') return { value: token.value, claims: decodeClaims(token.value) };
  const fetched = await requestToken(token.request, settings);
  return { value: fetched.token, claims: fetched.claims };
}

type Sent = Awaited<ReturnType<typeof sendRequest>>;

function send(
  { url, method, headers, body, identity }: CallPlan,
  { token, settings }: { token: SentToken | undefined; settings: CallSettings },
): Promise<Sent> {
  return sendRequest({
    ...settings,
    url,
    party: 'target',
    method,
    headers: { ...headers, ...(token && { authorization: `Bearer ${token.value}` }) },
    body,
    identity,
    proxy: settings.proxyFor(url),
  });
}

function judge(
  { url, identity }: CallPlan,
  { answer, token, settings }: { answer: Sent; token: SentToken | undefined; settings: CallSettings },
): Finding[] {
  const { status, headers, flight } = answer;
  const body = parseBody(answer.body);
  return judgeAnswer({ url, status, headers, body, flight, identity, token, now: settings.now() });
}

/** A certificate at the token endpoint makes a token that is bound to it; else something between did not pass it on. */
function judgeToken({ token: plan }: CallPlan, token: SentToken | undefined): Finding[] {
  if (plan?.kind !== 'fetch' || token?.claims === undefined) return [];
  return judgeFetchedToken(plan.request, token.claims);
}

/** Tells whether a token that was fetched with a certificate is bound to it (RFC 8705 §3.1). */
export function judgeFetchedToken({ authentication, tokenUrl }: TokenRequest, claims: Claims): Finding[] {
  if (authentication.kind === 'secret') return [];
  const bound = readConfirmation(claims);
  const shown = computeThumbprint(authentication.identity.chain.certificates[0]);
  if (bound === shown) return [];
  const message =
    bound === undefined
      ? 'The token was fetched with a certificate, but is bound to none (it has no cnf.x5t#S256): whoever has it can use it.'
      : `The token is bound to the certificate ${bound}, and ${shown} was shown to the token endpoint.`;
  return [
    {
      code: bound === undefined ? 'token-not-bound' : 'token-bound-elsewhere',
      severity: 'warning',
      where: 'token endpoint, answer',
      message,
      remedy: `Is ${new URL(tokenUrl).host} the address that takes certificates ("certurl"), and no proxy in front of it?`,
    },
  ];
}
