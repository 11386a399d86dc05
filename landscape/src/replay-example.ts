import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { probe, type ProbeAnswer } from './probe';

/** What the backend has answered to a token that came without its certificate. */
export interface ReplayExample {
  readonly url: string;
  readonly answer: Pick<ProbeAnswer, 'status' | 'headers'>;
}

/** Nobody waits for an example. */
const LIMIT_MS = 3_000;

const replaySchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ steps: v.array(v.object({ id: v.string(), result: v.unknown() })) }),
);
const madeSchema = v.object({
  request: v.object({ url: v.string() }),
  answer: v.object({ status: v.number(), challenge: v.optional(v.string()) }),
});

/**
 * Lets the frontend use the token of one of its pages without the certificate that it is bound to. The token stays there.
 * Undefined when that cannot be done, for whatever reason: it is an example.
 *
 * @param page address of the page, e.g. `http://localhost:5002/app`
 */
export async function tryReplay(page: string): Promise<ReplayExample | undefined> {
  // Cookie and field prove to the frontend that no other site has sent a form with a browser: they have to be the same.
  const proof = randomBytes(32).toString('hex');
  try {
    const { body } = await probe(`${page}/replay`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        cookie: `csrf=${proof}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `csrf=${proof}`,
      limitMs: LIMIT_MS,
    });
    const step = v.parse(replaySchema, body).steps.find(({ id }) => id === 'no-certificate');
    const { request, answer } = v.parse(madeSchema, step?.result);
    return { url: request.url, answer: { status: answer.status, headers: { 'www-authenticate': answer.challenge } } };
  } catch {
    return undefined;
  }
}
