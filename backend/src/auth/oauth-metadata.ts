import { errors } from '@sap/xssec';
import * as v from 'valibot';
import { fetchJson } from './fetch-json';

/** RFC 8414 §2, as far as it is used. */
const metadataSchema = v.object({
  issuer: v.string(),
  jwks_uri: v.pipe(
    v.string(),
    v.check((text) => URL.canParse(text) && new URL(text).protocol === 'https:'),
  ),
});

/**
 * Where an issuer publishes its metadata: RFC 8414 §3.1 puts the well-known part before the issuer's path, OpenID Connect
 * Discovery §4 behind it.
 */
export function metadataUrls(issuer: string): readonly [string, string] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
}

/**
 * Finds the address of an issuer's keys in its metadata, in whichever of the two places that is.
 * @throws {Error} also when the metadata is that of another issuer (RFC 8414 §3.3)
 */
export async function discoverKeys(issuer: string, timeoutMs: number): Promise<string> {
  const [first, second] = metadataUrls(issuer);
  const metadata = v.parse(metadataSchema, await fetchFirst(first, second, timeoutMs));
  if (metadata.issuer !== issuer)
    throw new Error(`The metadata is that of ${JSON.stringify(metadata.issuer)}, not of ${issuer}.`);
  return metadata.jwks_uri;
}

async function fetchFirst(first: string, second: string, timeoutMs: number): Promise<unknown> {
  try {
    return await fetchJson(first, timeoutMs);
  } catch (error) {
    if (!(error instanceof errors.ResponseError) || error.responseCode !== 404) throw error;
    return fetchJson(second, timeoutMs);
  }
}
