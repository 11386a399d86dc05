import { readFileSync } from 'node:fs';
import { readSettingsGroup, type GivenSettings, type SettingsSource } from '@mtls/platform';
import { errorCode } from '../error-code';
import { Secret } from '../secret';
import {
  hasExpired,
  readClientCertificate,
  UnusableCertificateError,
  type ClientCertificate,
} from '../tokens/client-certificate';
import { capitalise } from '../upstream/connection-failure';
import type { CertificateCredential, SecretCredential } from '../tokens/credential';

/** A client of an authorization server whose token endpoint may still have to be looked up. */
type Registered<Credential> = Omit<Credential, 'tokenUrl'> & {
  /** Undefined where the server's metadata tells it. */
  readonly tokenUrl: URL | undefined;
};
export type SecretClient = Registered<SecretCredential>;
export type CertificateClient = Registered<CertificateCredential>;

/** This app's two clients at an authorization server of any vendor; at least one of them is there. */
export interface OAuthClients {
  /** As a sentence names it: `the environment` or `the service "…"`. */
  readonly source: string;
  /** Issuer identifier (RFC 8414 §2), whose metadata names the token endpoints. */
  readonly issuer: string | undefined;
  readonly plain: SecretClient | undefined;
  readonly bound: CertificateClient | undefined;
}

const names = [
  'OAUTH_ISSUER',
  'OAUTH_CLIENT_ID',
  'OAUTH_CLIENT_SECRET',
  'OAUTH_TOKEN_URL',
  'MTLS_OAUTH_CLIENT_ID',
  'MTLS_OAUTH_TOKEN_URL',
  'MTLS_OAUTH_CERTIFICATE',
  'MTLS_OAUTH_CERTIFICATE_FILE',
  'MTLS_OAUTH_KEY',
  'MTLS_OAUTH_KEY_FILE',
] as const;
type Name = (typeof names)[number];
type Values = GivenSettings<Name>['values'];

/** The tag of the user-provided service that can hold the settings. */
export const CLIENT_TAG = 'oauth-client';
/** The settings whose values are paths of files. */
export const OAUTH_FILES = ['MTLS_OAUTH_CERTIFICATE_FILE', 'MTLS_OAUTH_KEY_FILE'] as const satisfies readonly Name[];

/**
 * Reads the `OAUTH_…` and `MTLS_OAUTH_…` settings from the environment or from the service with the tag `oauth-client`.
 * Undefined when none is given; what is missing, wrong or swapped is added to the problems.
 */
export function readOAuthClients(source: SettingsSource, now = Date.now()): OAuthClients | undefined {
  const given = readSettingsGroup({ tag: CLIENT_TAG, names }, source);
  if (given === undefined) return undefined;
  const problems: string[] = [];
  const { values } = given;
  const plain = readSecretClient(values, problems);
  const bound = readCertificateClient(values, problems, now);
  checkTogether(values, problems);
  for (const problem of problems) source.problems.add(capitalise(`${problem} (in ${given.source})`));
  return problems.length > 0 ? undefined : { source: given.source, issuer: values.OAUTH_ISSUER, plain, bound };
}

function readSecretClient(values: Values, problems: string[]): SecretClient | undefined {
  const { OAUTH_CLIENT_ID: clientId, OAUTH_CLIENT_SECRET: secret } = values;
  if (!isAnySet(values, ['OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET', 'OAUTH_TOKEN_URL'])) return undefined;
  const before = problems.length;
  requireSettings(values, ['OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET'], 'the client with a secret', problems);
  const tokenUrl = readTokenUrl(values, 'OAUTH_TOKEN_URL', problems);
  if (clientId === undefined || secret === undefined || problems.length > before) return undefined;
  return { kind: 'secret', clientId, secret: new Secret(secret), method: 'client_secret_basic', tokenUrl };
}

function readCertificateClient(values: Values, problems: string[], now: number): CertificateClient | undefined {
  if (!names.some((name) => name.startsWith('MTLS_') && values[name] !== undefined)) return undefined;
  const before = problems.length;
  const { MTLS_OAUTH_CLIENT_ID: clientId } = values;
  requireSettings(values, ['MTLS_OAUTH_CLIENT_ID'], 'the client with a certificate', problems);
  const certificate = readCertificate(values, problems, now);
  const tokenUrl = readTokenUrl(values, 'MTLS_OAUTH_TOKEN_URL', problems);
  if (clientId === undefined || certificate === undefined || problems.length > before) return undefined;
  return { kind: 'certificate', clientId, certificate, tokenUrl };
}

function readCertificate(values: Values, problems: string[], now: number): ClientCertificate | undefined {
  const certificate = readPem(values, 'MTLS_OAUTH_CERTIFICATE', problems);
  const key = readPem(values, 'MTLS_OAUTH_KEY', problems);
  if (certificate === undefined || key === undefined) return undefined;
  try {
    const read = readClientCertificate({
      certificate: certificate.pem,
      certificateName: certificate.name,
      key: key.pem,
      keyName: key.name,
    });
    if (!hasExpired(read.card, now)) return read;
    problems.push(
      `${certificate.name} has expired on ${read.card.notAfter}: make a new one, e.g. with \`mtls cert self-signed\`, and ` +
        'register it.',
    );
  } catch (error) {
    if (!(error instanceof UnusableCertificateError)) throw error;
    problems.push(...error.problems.map((problem) => `${problem}.`));
  }
  return undefined;
}

/** The text that a setting holds, or the content of the file that its twin names. */
function readPem(
  values: Values,
  name: 'MTLS_OAUTH_CERTIFICATE' | 'MTLS_OAUTH_KEY',
  problems: string[],
): { readonly pem: string; readonly name: string } | undefined {
  const [text, file] = [values[name], values[`${name}_FILE`]];
  if (text !== undefined && file !== undefined) {
    problems.push(`${name} and ${name}_FILE are both set, and one is meant: unset one of them.`);
    return undefined;
  }
  if (text !== undefined) return { pem: text, name };
  if (file === undefined) {
    problems.push(
      `${name}_FILE is missing: the client with a certificate needs it (or ${name}, with the PEM text itself).`,
    );
    return undefined;
  }
  try {
    return { pem: readFileSync(file, 'utf8'), name: `the file ${file} (${name}_FILE)` };
  } catch (error) {
    problems.push(
      `${name}_FILE names the file ${file}, which cannot be read (${errorCode(error)}): put it there, as PEM.`,
    );
    return undefined;
  }
}

function readTokenUrl(
  values: Values,
  name: 'OAUTH_TOKEN_URL' | 'MTLS_OAUTH_TOKEN_URL',
  problems: string[],
): URL | undefined {
  const value = values[name];
  if (value === undefined) {
    if (values.OAUTH_ISSUER === undefined)
      problems.push(`${name} is missing: give the token endpoint, or OAUTH_ISSUER, whose metadata tells it.`);
    return undefined;
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (values.OAUTH_ISSUER !== undefined)
    problems.push(`${name} and OAUTH_ISSUER are both set: unset the former, the issuer's metadata tells the address.`);
  else if (url?.protocol !== 'https:' || url.username + url.password !== '')
    problems.push(`${name} must be an https URL without a user.`);
  return url;
}

/** Mistakes that show only when both clients are looked at. */
function checkTogether(values: Values, problems: string[]): void {
  const { OAUTH_ISSUER: issuer, OAUTH_TOKEN_URL: plainUrl, OAUTH_CLIENT_ID: plainId } = values;
  const { MTLS_OAUTH_CLIENT_ID: boundId } = values;
  if (issuer !== undefined && !isIssuer(issuer))
    problems.push(
      'OAUTH_ISSUER must be the issuer identifier of the server: an https URL without query, fragment and user.',
    );
  if (issuer !== undefined && Object.keys(values).length === 1)
    problems.push(
      'OAUTH_ISSUER is set, but no client: give OAUTH_CLIENT_ID and its secret, or MTLS_OAUTH_CLIENT_ID and its certificate.',
    );
  if (plainId !== undefined && plainId === boundId)
    problems.push(
      'OAUTH_CLIENT_ID and MTLS_OAUTH_CLIENT_ID are the same: a client authenticates in the one way that it is registered ' +
        'for, so these must be two clients.',
    );
  if (plainUrl !== undefined && isForCertificates(plainUrl))
    problems.push(
      'OAUTH_TOKEN_URL looks like an address for clients with a certificate: its host has the label mtls or cert. The client ' +
        'with a secret belongs at the other one, and this one into MTLS_OAUTH_TOKEN_URL: have they been swapped?',
    );
}

/** Servers with a host of its own for certificates call it so: `mtls.`, or SAP's `authentication.cert.` */
function isForCertificates(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname.split('.').some((label) => label === 'mtls' || label === 'cert');
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username + password === '' && !/[?#]/.test(text);
}

function requireSettings(values: Values, wanted: readonly Name[], of: string, problems: string[]): void {
  for (const name of wanted) if (values[name] === undefined) problems.push(`${name} is missing: ${of} needs it.`);
}

function isAnySet(values: Values, wanted: readonly Name[]): boolean {
  return wanted.some((name) => values[name] !== undefined);
}
