import { maskSecrets } from '@mtls/platform';
import * as v from 'valibot';
import type { HttpAnswer } from './http-client';

/** RFC 6750 §2.1: what may stand behind `Bearer `; anything else would break the header. */
export const tokenSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9\-._~+/]+=*$/));

/** Seconds: XSUAA sends a number, the Destination Service the same as text. */
export const secondsSchema = v.union([
  v.pipe(v.number(), v.minValue(0)),
  v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number)),
]);

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer without what was sent to get it: a server may repeat its request in an error, and errors are shown. */
export function concealSecret(answer: HttpAnswer, secret: string): HttpAnswer {
  const encoded = formEncode(secret);
  const conceal = (text: string): string => text.replaceAll(secret, '[secret]').replaceAll(encoded, '[secret]');
  const challenge = answer.headers['www-authenticate'];
  return {
    status: answer.status,
    headers: { ...answer.headers, ...(challenge !== undefined && { 'www-authenticate': conceal(challenge) }) },
    text: conceal(answer.text),
  };
}

/** Encodes a text as a form does (RFC 6749 appendix B). */
export function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

const oauthErrorSchema = v.object({ error: v.string(), error_description: v.optional(v.string()) });
const destinationErrorSchema = v.object({ ErrorMessage: v.string() });
const LONGEST_REASON = 300;
const LONGEST_READ = 5000;

/** The reason that a server gives for a refusal, in any of the shapes that are in use; undefined when it gives none. */
export function readReason({ text, headers }: HttpAnswer): string | undefined {
  const json = parseJson(text);
  const oauth = v.safeParse(oauthErrorSchema, json);
  if (oauth.success) return quote(joinReason(oauth.output));
  const destination = v.safeParse(destinationErrorSchema, json);
  if (destination.success) return quote(destination.output.ErrorMessage);
  const challenge = readChallenge(headers['www-authenticate']);
  return challenge.description ?? challenge.error;
}

/** The code is what a documentation is searched for (RFC 6749 §5.2), the description what a reader understands. */
function joinReason({ error, error_description: description }: v.InferOutput<typeof oauthErrorSchema>): string {
  return description === undefined ? error : `${error}, ${description}`;
}

export interface Challenge {
  readonly error?: string;
  readonly description?: string;
}

/** Reads `error` and `error_description` of a challenge such as RFC 6750 §3 defines. */
export function readChallenge(header: string | undefined): Challenge {
  const error = /\berror="([^"]{1,100})"/.exec(header ?? '')?.[1];
  const description = /\berror_description="((?:[^"\\]|\\.){1,1000})"/.exec(header ?? '')?.[1];
  return {
    ...(error !== undefined && { error: maskSecrets(error) }),
    ...(description !== undefined && { description: quote(description.replace(/\\(.)/g, '$1')) }),
  };
}

/** The start of an unexpected body on one line, for the log: an error page, not what a token endpoint sends. */
export function excerpt({ status, text }: HttpAnswer): string {
  return `${status}: ${quote(text)}`;
}

/** A text of an upstream as a message may quote it: one line, bounded, without tokens and keys. */
export function quote(text: string): string {
  const line = maskSecrets(text.slice(0, LONGEST_READ)).replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}
