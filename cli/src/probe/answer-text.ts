import { isRecord } from '../service-key/json-blocks';
import { maskSecrets } from './mask-secrets';

const LIMIT = 300;
const TEXT_MEMBERS = ['error_description', 'ErrorMessage', 'message', 'error'] as const;

/**
 * What a server says about a refusal, fit for a message: XSUAA's error_description, the Destination Service's
 * ErrorMessage or a plain text; no control characters, no token and no PEM block, at most 300 characters.
 */
export function describeAnswer(body: unknown): string {
  const text = isRecord(body)
    ? (TEXT_MEMBERS.map((name) => body[name]).find((value) => typeof value === 'string') ?? '')
    : body;
  if (typeof text !== 'string') return '';
  return maskSecrets(text)
    .replaceAll(/-----BEGIN[\s\S]*/g, '…')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, LIMIT)
    .trim();
}
