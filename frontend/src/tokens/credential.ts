import * as v from 'valibot';
import { Secret } from '../secret';
import {
  hasExpired,
  readClientCertificate,
  UnusableCertificateError,
  type ClientCertificate,
} from './client-certificate';

interface CommonCredential {
  readonly clientId: string;
  /** The complete token endpoint that belongs to this kind of credential. */
  readonly tokenUrl: URL;
}

export interface SecretCredential extends CommonCredential {
  readonly kind: 'secret';
  readonly secret: Secret;
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

/**
 * Reads the OAuth client from the credentials of an XSUAA-like binding: its secret with `url`, or its certificate and
 * key with `certurl`. Adds every problem to `problems`, each continuing the sentence `Service …: `.
 */
export function readCredential(
  credentials: Readonly<Record<string, unknown>>,
  problems: string[],
  now: number = Date.now(),
): Credential | undefined {
  const parsed = v.safeParse(fieldsSchema, credentials);
  if (!parsed.success) {
    for (const issue of parsed.issues)
      problems.push(`"${v.getDotPath(issue) ?? 'credentials'}" must be a text that is not empty`);
    return undefined;
  }
  const fields = parsed.output;
  const clientId = required(fields, 'clientid', problems);
  const kind = kindOf(fields, problems);
  if (kind === undefined) return undefined;
  const tokenUrl = readTokenUrl(fields, kind === 'certificate' ? 'certurl' : 'url', problems);
  if (kind === 'secret') {
    const secret = required(fields, 'clientsecret', problems);
    if (clientId === undefined || secret === undefined || tokenUrl === undefined) return undefined;
    return { kind, clientId, secret: new Secret(secret), tokenUrl };
  }
  const certificate = readCertificate(fields, problems, now);
  if (clientId === undefined || certificate === undefined || tokenUrl === undefined) return undefined;
  return { kind, clientId, certificate, tokenUrl };
}

/** With both a secret and a certificate there is no telling which one the token endpoint expects, so that is refused. */
function kindOf(fields: Fields, problems: string[]): Credential['kind'] | undefined {
  const type = fields['credential-type'];
  if (type === 'x509') return 'certificate';
  if (type === 'binding-secret' || type === 'instance-secret') return 'secret';
  if (type !== undefined) {
    problems.push(`"credential-type" is "${type}", but this app knows x509, binding-secret and instance-secret`);
    return undefined;
  }
  const hasCertificate = fields.certificate !== undefined || fields.key !== undefined;
  if (hasCertificate && fields.clientsecret !== undefined) {
    problems.push('it holds both "clientsecret" and a certificate, and no "credential-type" says which one counts');
    return undefined;
  }
  return hasCertificate ? 'certificate' : 'secret';
}

function readCertificate(fields: Fields, problems: string[], now: number): ClientCertificate | undefined {
  const certificate = required(fields, 'certificate', problems);
  const key = required(fields, 'key', problems);
  if (certificate === undefined || key === undefined) return undefined;
  try {
    const read = readClientCertificate({ certificate, key });
    if (!hasExpired(read.card, now)) return read;
    problems.push(`"certificate" has expired on ${read.card.notAfter}: bind the service again and restage the app`);
  } catch (error) {
    if (!(error instanceof UnusableCertificateError)) throw error;
    problems.push(...error.problems);
  }
  return undefined;
}

/** XSUAA takes certificates on a host of its own, `certurl`. */
function readTokenUrl(fields: Fields, name: 'url' | 'certurl', problems: string[]): URL | undefined {
  const base = required(fields, name, problems);
  return base === undefined ? undefined : readHttpsUrl(`${base.replace(/\/+$/, '')}/oauth/token`, name, problems);
}

/** Reads an https URL from the field `name`: a token or a secret never leaves this app unencrypted. */
export function readHttpsUrl(value: string, name: string, problems: string[]): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'https:') return url;
  problems.push(`"${name}" must be an https URL`);
  return undefined;
}

function required(fields: Fields, name: keyof Fields, problems: string[]): string | undefined {
  const value = fields[name];
  if (value === undefined) problems.push(`"${name}" is missing`);
  return value;
}
