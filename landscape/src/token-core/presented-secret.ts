import type { IncomingHttpHeaders } from 'node:http';
import type { Form } from './form';
import { invalidClient, invalidRequest } from './oauth-error';

/** A client id and secret as a request carries them; an empty secret is a secret, and never the right one. */
export interface PresentedSecret {
  readonly clientId: string;
  readonly secret: string;
}

export interface SecretRules {
  /** RFC 6749 §2.3 allows one method a request; SAP's approuter sends Basic and body at once to IAS. */
  readonly basicAndBody: 'refused' | 'accepted-when-equal';
  /** Basic is form-encoded after RFC 6749 §2.3.1; UAA takes it so only when X-CF-ENCODED-CREDENTIALS is true. */
  readonly basicEncoding: 'as-header-says' | 'either';
}

/**
 * Reads the secrets of a request: none, one, or the readings of one that its encoding leaves open.
 * @throws {OAuthError} invalid_client for a Basic header that is none, invalid_request for two methods at once.
 */
export function readPresentedSecrets(
  form: Form,
  headers: IncomingHttpHeaders,
  rules: SecretRules,
): readonly PresentedSecret[] {
  const basic = readBasic(headers, rules);
  const secret = form.get('client_secret');
  const clientId = form.get('client_id');
  if (basic.length === 0) return secret === undefined ? [] : [{ clientId: clientId ?? '', secret }];
  if (secret !== undefined && rules.basicAndBody === 'refused')
    throw invalidRequest(
      'The client authenticates twice, by Authorization header and by client_secret: use one of them',
    );
  const readings = basic.filter(
    (reading) =>
      (clientId === undefined || reading.clientId === clientId) && (secret === undefined || reading.secret === secret),
  );
  if (readings.length === 0)
    throw invalidClient('Given client ID does not match authenticated client', 'body and Basic header differ');
  return readings;
}

function readBasic(headers: IncomingHttpHeaders, { basicEncoding }: SecretRules): PresentedSecret[] {
  const match = /^basic +(.*)$/i.exec(headers.authorization ?? '');
  if (match === null) return [];
  const text = Buffer.from(match[1] ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw invalidClient('Invalid basic authentication token', 'the Basic header holds no "id:secret"');
  const raw = { clientId: text.slice(0, colon), secret: text.slice(colon + 1) };
  if (basicEncoding === 'either') return [raw, ...decode(raw)];
  if (headers['x-cf-encoded-credentials']?.toString().toLowerCase() !== 'true') return [raw];
  const decoded = decode(raw);
  if (decoded.length === 0) throw invalidClient('Failed to URL Decode credentials');
  return decoded;
}

function decode({ clientId, secret }: PresentedSecret): PresentedSecret[] {
  try {
    return [{ clientId: decodeFormValue(clientId), secret: decodeFormValue(secret) }];
  } catch {
    return [];
  }
}

function decodeFormValue(value: string): string {
  return decodeURIComponent(value.replaceAll('+', ' '));
}
