import { capitalise } from './connection-failure';
import { excerpt, readReason } from './answer';
import type { HttpAnswer } from './http-client';
import { UpstreamError, type Upstream, type UpstreamErrorOptions } from './upstream';

/** Makes the error of an answer that is no success: with the upstream's status, and the start of its body for the log. */
export function describeRefusal(
  answer: HttpAnswer,
  options: Omit<UpstreamErrorOptions, 'upstreamStatus' | 'detail'>,
): UpstreamError {
  return new UpstreamError({ ...options, upstreamStatus: answer.status, detail: excerpt(answer) });
}

/** Describes what any service may have on its own account, whoever asks: 429 and 5xx. Undefined for other answers. */
export function describeTrouble(answer: HttpAnswer, { party, name }: Upstream): UpstreamError | undefined {
  const { status } = answer;
  if (status === 429 || status === 503)
    return describeRefusal(answer, {
      code: `${party}-busy`,
      status: 503,
      description: `${capitalise(name)} takes no more requests at the moment (${statusWithReason(answer)}).`,
      remedy: `Try again ${retryAfter(answer)}.`,
    });
  if (status < 500) return undefined;
  return describeRefusal(answer, {
    code: `${party}-failed`,
    status: 502,
    description: `${capitalise(name)} failed (${statusWithReason(answer)}).`,
    remedy: 'Try again; if it persists, see the status page of the region or the log of the service.',
  });
}

/** e.g. `401: Bad credentials`, or `401` when the answer gives no reason. */
export function statusWithReason(answer: HttpAnswer): string {
  const reason = readReason(answer);
  return reason === undefined ? String(answer.status) : `${answer.status}: ${reason}`;
}

/** RFC 9110 §10.2.3, in the form with seconds. */
function retryAfter({ headers }: HttpAnswer): string {
  const seconds = /^\d{1,6}$/.exec(headers['retry-after'] ?? '')?.[0];
  return seconds === undefined ? 'in a moment' : `in ${seconds} s`;
}
