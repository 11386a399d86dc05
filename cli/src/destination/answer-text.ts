import { isRecord } from '../service-key/json-blocks';

const LIMIT = 300;

/**
 * What a server says about a refusal, fit for a message: XSUAA's error_description, the Destination Service's
 * ErrorMessage or a plain text; no control characters, no token and no PEM block, at most 300 characters.
 */
export function describeAnswer(body: unknown): string {
  const text = isRecord(body)
    ? ([body['error_description'], body['ErrorMessage'], body['error']].find((value) => typeof value === 'string') ??
      '')
    : body;
  if (typeof text !== 'string') return '';
  return text
    .replaceAll(/-----BEGIN[\s\S]*/g, '…')
    .replaceAll(/eyJ[\w-]{8,}[\w.-]*/g, '…')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, LIMIT)
    .trim();
}
