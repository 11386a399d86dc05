import * as v from 'valibot';
import { Failure } from '../failure';
import { flattenCredentials, nameOf, type NamedCredentials } from './bindings';

const text = v.pipe(v.string(), v.minLength(1));
const schema = v.object({
  clientid: v.optional(text),
  clientsecret: v.optional(text),
  certificate: v.optional(text),
  key: v.optional(text),
  url: v.optional(text),
  certurl: v.optional(text),
  /** Process Integration Runtime: the complete token endpoint. */
  tokenurl: v.optional(text),
  /** The service's own API, e.g. that of the Destination Service. */
  uri: v.optional(text),
  'credential-type': v.optional(text),
  /** Only IAS has it. */
  app_tid: v.optional(text),
});

/** The OAuth client that a binding or service key describes. */
export interface OAuthClient {
  readonly clientId: string;
  readonly authentication:
    | { readonly kind: 'certificate'; readonly certificate: string; readonly key: string }
    | { readonly kind: 'secret'; readonly secret: string };
  /** The complete address of the token endpoint for this authentication. */
  readonly tokenUrl: string;
}

/** What a binding holds of a certificate; parts of it can be missing. */
export interface CertificateCredentials {
  readonly clientId?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** The token endpoint that takes the certificate. */
  readonly tokenUrl?: string;
  readonly credentialType?: string;
  /** `host` or `host:port` of each server that takes the certificate, as Postman asks for it. */
  readonly hosts: readonly string[];
}

/** @throws {Failure} `credentials-malformed` naming the property whose type is wrong. */
export function readCertificateCredentials(binding: NamedCredentials): CertificateCredentials {
  const found = parse(binding);
  const tokenUrl = certificateTokenUrl(binding, found);
  const credentialType = found['credential-type'];
  return {
    ...(found.clientid !== undefined && { clientId: found.clientid }),
    ...(found.certificate !== undefined && { certificate: found.certificate }),
    ...(found.key !== undefined && { key: found.key }),
    ...(tokenUrl !== undefined && { tokenUrl }),
    ...(credentialType !== undefined && { credentialType }),
    // A key of Process Integration Runtime is for the service itself, at `url`; those of XSUAA and IAS are for tokens.
    hosts: hostsOf([tokenUrl, found.tokenurl === undefined ? undefined : found.url]),
  };
}

export interface ClientQuery {
  /** How the client shall authenticate; default: by certificate where it has one, else by its secret. */
  readonly method?: OAuthClient['authentication']['kind'] | undefined;
  /** Used instead of what the binding says. */
  readonly tokenUrl?: string | undefined;
}

function hostsOf(urls: ReadonlyArray<string | undefined>): string[] {
  return [...new Set(urls.flatMap((url) => (url !== undefined && URL.canParse(url) ? [new URL(url).host] : [])))];
}

/** @throws {Failure} `credentials-incomplete` naming what a client needs and this one has not. */
export function readOAuthClient(binding: NamedCredentials, { method, tokenUrl }: ClientQuery = {}): OAuthClient {
  const found = parse(binding);
  const { clientid: clientId, clientsecret: secret, certificate, key } = found;
  if (clientId === undefined) throw incomplete(binding, '"clientid"');
  const hasPair = certificate !== undefined && key !== undefined;
  if (method === 'certificate' && !hasPair) throw incomplete(binding, '"certificate" and "key"');
  if (hasPair && method !== 'secret') {
    const url = tokenUrl ?? certificateTokenUrl(binding, found);
    if (url === undefined) throw incomplete(binding, '"certurl", the address that takes the certificate');
    return { clientId, authentication: { kind: 'certificate', certificate, key }, tokenUrl: url };
  }
  if (secret === undefined)
    throw incomplete(binding, method === 'secret' ? '"clientsecret"' : '"clientsecret", or "certificate" and "key"');
  const url = tokenUrl ?? secretTokenUrl(binding, found);
  if (url === undefined) throw incomplete(binding, '"url"');
  return { clientId, authentication: { kind: 'secret', secret }, tokenUrl: url };
}

/** Whether it is the host of XSUAA that takes secrets only; the one for certificates has `.cert.` in it. */
export function isHostForSecrets(hostname: string): boolean {
  return /(^|\.)authentication\.(?!cert\.)/.test(hostname);
}

/** Whether the binding describes an OAuth client at all. */
export function hasClient(binding: NamedCredentials): boolean {
  return parse(binding).clientid !== undefined;
}

/** Address of the service's own API, where it has one. */
export function readServiceUri(binding: NamedCredentials): string | undefined {
  const { uri } = parse(binding);
  return uri === undefined ? undefined : withoutSlash(uri);
}

function certificateTokenUrl(binding: NamedCredentials, found: v.InferOutput<typeof schema>): string | undefined {
  if (found.certurl !== undefined) return `${withoutSlash(found.certurl)}/oauth/token`;
  if (found.tokenurl !== undefined) return found.tokenurl;
  // IAS has no host of its own for certificates.
  return isIdentity(binding, found) && found.url !== undefined ? `${withoutSlash(found.url)}/oauth2/token` : undefined;
}

function secretTokenUrl(binding: NamedCredentials, found: v.InferOutput<typeof schema>): string | undefined {
  if (found.tokenurl !== undefined) return found.tokenurl;
  const path = isIdentity(binding, found) ? '/oauth2/token' : '/oauth/token';
  return found.url === undefined ? undefined : `${withoutSlash(found.url)}${path}`;
}

/** A service key does not say its offering; IAS writes its credential types in capitals, XSUAA in small letters. */
function isIdentity({ offering }: NamedCredentials, found: v.InferOutput<typeof schema>): boolean {
  return (
    offering === 'identity' || found.app_tid !== undefined || /^(X509_|SECRET$)/.test(found['credential-type'] ?? '')
  );
}

function parse(binding: NamedCredentials): v.InferOutput<typeof schema> {
  const parsed = v.safeParse(schema, flattenCredentials(binding.credentials));
  if (parsed.success) return parsed.output;
  throw new Failure(
    'credentials-malformed',
    `The credentials of ${nameOf(binding)} are not as a broker writes them: "${v.getDotPath(parsed.issues[0]) ?? ''}" is no text or empty.`,
    'Fetch the service key or binding anew and leave it as it is.',
  );
}

function incomplete(binding: NamedCredentials, what: string): Failure {
  return new Failure(
    'credentials-incomplete',
    `The credentials of ${nameOf(binding)} lack ${what}.`,
    'Fetch the service key anew; for a certificate create it with -c \'{"credential-type":"x509"}\'.',
  );
}

function withoutSlash(url: string): string {
  return url.replace(/\/{1,8}$/, '');
}
