import * as v from 'valibot';
import { readHttpsUrl } from '../addresses';
import { Secret } from '../secret';
import {
  hasExpired,
  readClientCertificate,
  UnusableCertificateError,
  type ClientCertificate,
} from './client-certificate';
import type { KeyProvision, ProvidedKey } from './provided-key';

interface CommonCredential {
  readonly clientId: string;
  /** The complete token endpoint that belongs to this kind of credential. */
  readonly tokenUrl: URL;
}

export interface SecretCredential extends CommonCredential {
  readonly kind: 'secret';
  readonly secret: Secret;
  /** How the secret is sent, by the name that servers register it under (RFC 7591 §2): in a Basic header or in the body. */
  readonly method: 'client_secret_basic' | 'client_secret_post';
}

export interface CertificateCredential extends CommonCredential {
  readonly kind: 'certificate';
  readonly certificate: ClientCertificate;
}

/**
 * An OAuth client in one piece: id, key material and token URL stay together, so that the id of one service never meets
 * the certificate or the URL of another.
 */
export type Credential = SecretCredential | CertificateCredential;

/** The certificate that the client authenticates with, if it does so with one. */
export function certificateOf(credential: Credential): ClientCertificate | undefined {
  return credential.kind === 'certificate' ? credential.certificate : undefined;
}

/** How a kind of service writes an OAuth client into its bindings. */
export interface CredentialDialect {
  /** By the value of `credential-type`. */
  readonly kinds: Readonly<Record<string, Credential['kind']>>;
  /** The field with the base of the token URL, and the path below it. */
  readonly addressOf: Readonly<Record<Credential['kind'], 'url' | 'certurl'>>;
  readonly tokenPath: string;
}

/** XSUAA, and what issues its clients through XSUAA, takes certificates on a host of its own, `certurl`. */
export const xsuaaDialect: CredentialDialect = {
  kinds: { x509: 'certificate', 'binding-secret': 'secret', 'instance-secret': 'secret' },
  addressOf: { secret: 'url', certificate: 'certurl' },
  tokenPath: '/oauth/token',
};

/** Identity takes secrets and certificates at one address. With X509_PROVIDED the key stays with whoever made it. */
export const identityDialect: CredentialDialect = {
  kinds: { X509_GENERATED: 'certificate', X509_PROVIDED: 'certificate', SECRET: 'secret' },
  addressOf: { secret: 'url', certificate: 'url' },
  tokenPath: '/oauth2/token',
};

const text = v.pipe(v.string(), v.nonEmpty());
const fieldsSchema = v.object({
  clientid: v.optional(text),
  clientsecret: v.optional(text),
  certificate: v.optional(text),
  key: v.optional(text),
  url: v.optional(text),
  certurl: v.optional(text),
  'credential-type': v.optional(text),
});
type Fields = v.InferOutput<typeof fieldsSchema>;

export interface CredentialOptions {
  readonly dialect: CredentialDialect;
  /** Where a private key that the binding does not hold can be given, for the message about a missing one. */
  readonly keySettings: string;
  /** The private key that was given there. */
  readonly providedKey: KeyProvision;
  /** Milliseconds since the epoch; the present by default. */
  readonly now?: number;
}

/**
 * Reads the OAuth client from the credentials of a binding: a secret, or a certificate with its key. Adds every problem
 * to `problems`, each continuing the sentence `Service …: `.
 */
export function readCredential(
  credentials: Readonly<Record<string, unknown>>,
  options: CredentialOptions,
  problems: string[],
): Credential | undefined {
  const parsed = v.safeParse(fieldsSchema, credentials);
  if (!parsed.success) {
    for (const issue of parsed.issues)
      problems.push(`"${v.getDotPath(issue) ?? 'credentials'}" must be a text that is not empty`);
    return undefined;
  }
  const fields = parsed.output;
  const clientId = required(fields, 'clientid', problems);
  const kind = kindOf(fields, options, problems);
  if (kind === undefined) return undefined;
  const tokenUrl = readTokenUrl(fields, kind, options.dialect, problems);
  if (kind === 'secret') {
    const secret = readSecret(fields, options, problems);
    if (clientId === undefined || secret === undefined || tokenUrl === undefined) return undefined;
    return { kind, clientId, secret, method: 'client_secret_post', tokenUrl };
  }
  const certificate = readCertificate(fields, options, problems);
  if (clientId === undefined || certificate === undefined || tokenUrl === undefined) return undefined;
  return { kind, clientId, certificate, tokenUrl };
}

/** With both a secret and a certificate there is no telling which one the token endpoint expects, so that is refused. */
function kindOf(
  fields: Fields,
  { dialect: { kinds } }: CredentialOptions,
  problems: string[],
): Credential['kind'] | undefined {
  const type = fields['credential-type'];
  if (type !== undefined) {
    const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    const known = Object.keys(kinds).join(', ');
    if (kind === undefined) problems.push(`"credential-type" is "${type}", but this app knows ${known}`);
    return kind;
  }
  const hasCertificate = fields.certificate !== undefined || fields.key !== undefined;
  if (hasCertificate && fields.clientsecret !== undefined) {
    problems.push('it holds both "clientsecret" and a certificate, and no "credential-type" says which one counts');
    return undefined;
  }
  return hasCertificate ? 'certificate' : 'secret';
}

function readSecret(fields: Fields, { providedKey }: CredentialOptions, problems: string[]): Secret | undefined {
  if (providedKey !== undefined && providedKey !== 'unusable')
    problems.push(`it has a secret, and ${providedKey.name} is of no use with it: unset ${providedKey.setting}`);
  const secret = required(fields, 'clientsecret', problems);
  return secret === undefined ? undefined : new Secret(secret);
}

function readCertificate(
  fields: Fields,
  options: CredentialOptions,
  problems: string[],
): ClientCertificate | undefined {
  const certificate = required(fields, 'certificate', problems);
  const key = readKey(fields, options, problems);
  if (certificate === undefined || key === undefined) return undefined;
  try {
    const read = readClientCertificate({ certificate, key: key.pem.reveal(), keyName: key.name });
    if (!hasExpired(read.card, options.now ?? Date.now())) return read;
    problems.push(`"certificate" has expired on ${read.card.notAfter}: bind the service again and restage the app`);
  } catch (error) {
    if (!(error instanceof UnusableCertificateError)) throw error;
    problems.push(...error.problems);
  }
  return undefined;
}

function readKey(
  { key }: Fields,
  { keySettings, providedKey }: CredentialOptions,
  problems: string[],
): Pick<ProvidedKey, 'pem' | 'name'> | undefined {
  if (providedKey === 'unusable') return undefined;
  if (key === undefined) {
    if (providedKey === undefined)
      problems.push(`"key" is missing: where the key of the certificate is yours, name it by ${keySettings}`);
    return providedKey;
  }
  if (providedKey === undefined) return { pem: new Secret(key), name: '"key"' };
  problems.push(`it holds a "key" of its own, and ${providedKey.setting} names another: unset that`);
  return undefined;
}

function readTokenUrl(
  fields: Fields,
  kind: Credential['kind'],
  { addressOf, tokenPath }: CredentialDialect,
  problems: string[],
): URL | undefined {
  const name = addressOf[kind];
  const base = required(fields, name, problems);
  return base === undefined ? undefined : readHttpsUrl(`${base.replace(/\/+$/, '')}${tokenPath}`, name, problems);
}

function required(fields: Fields, name: keyof Fields, problems: string[]): string | undefined {
  const value = fields[name];
  if (value === undefined) problems.push(`"${name}" is missing`);
  return value;
}
