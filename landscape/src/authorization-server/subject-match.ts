import 'reflect-metadata';
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import type { TLSClientAuthProperty } from 'oidc-provider';
import { areSameNames, DistinguishedNameError, parseDistinguishedName, readSubject } from './distinguished-name';

/** One way to name a client's certificate (RFC 8705 §2.1.2). */
interface SubjectValue {
  readonly matches: (certificate: X509Certificate, expected: string) => boolean;
  /** What is wrong with a value that someone wants to register. */
  readonly findProblem: (value: string) => string | undefined;
}

/** The subject's common name never counts for a subject alternative name, and `*` is a character like any other. */
const exactly = { subject: 'never', wildcards: false, partialWildcards: false } as const;

const subjectValues: Readonly<Record<TLSClientAuthProperty, SubjectValue>> = {
  tls_client_auth_subject_dn: { matches: hasSubject, findProblem: findNameProblem },
  tls_client_auth_san_dns: {
    matches: (certificate, expected) => certificate.checkHost(expected, exactly) !== undefined,
    // OpenSSL takes a leading dot for "any host below".
    findProblem: (value) => (/^[\w*-]+(?:\.[\w*-]+)*$/.test(value) ? undefined : 'it is no host name'),
  },
  tls_client_auth_san_uri: {
    matches: hasUri,
    findProblem: (value) => (URL.canParse(value) ? undefined : 'it is no URI with a scheme'),
  },
  tls_client_auth_san_ip: {
    // OpenSSL compares the octets (RFC 8705 §2.1.2), so 2001:db8::1 is the long form of itself.
    matches: (certificate, expected) => certificate.checkIP(expected) !== undefined,
    findProblem: (value) => (isIP(value) === 0 ? 'it is no IP address' : undefined),
  },
  tls_client_auth_san_email: {
    matches: (certificate, expected) => certificate.checkEmail(expected, exactly) !== undefined,
    findProblem: (value) => (/^[^@\s]+@[^@\s]+$/.test(value) ? undefined : 'it is no mail address'),
  },
};

/** Tells whether a certificate has the subject value that its client is registered with. */
export function matchesSubjectValue(
  certificate: X509Certificate,
  property: TLSClientAuthProperty,
  expected: string,
): boolean {
  return subjectValues[property].matches(certificate, expected);
}

/** Finds what is wrong with the subject values of a client's metadata, which were checked to be strings. */
export function findSubjectValueProblem(metadata: Readonly<Record<string, unknown>>): string | undefined {
  for (const [property, { findProblem }] of Object.entries(subjectValues)) {
    const value = metadata[property];
    const problem = typeof value === 'string' ? findProblem(value) : undefined;
    if (problem !== undefined) return `${property} cannot be used: ${problem}`;
  }
  return undefined;
}

function hasSubject(certificate: X509Certificate, expected: string): boolean {
  try {
    return areSameNames(readSubject(certificate), parseDistinguishedName(expected));
  } catch (error) {
    // A subject that cannot be read is not the one that is expected.
    if (error instanceof DistinguishedNameError) return false;
    throw error;
  }
}

function findNameProblem(value: string): string | undefined {
  try {
    parseDistinguishedName(value);
    return undefined;
  } catch (error) {
    if (error instanceof DistinguishedNameError) return `${error.message} (RFC 4514, e.g. CN=client,O=Example,C=DE)`;
    throw error;
  }
}

/** URIs are compared as they are written; OpenSSL has no check for them. */
function hasUri(certificate: X509Certificate, expected: string): boolean {
  const extension = new x509.X509Certificate(certificate.raw).getExtension(x509.SubjectAlternativeNameExtension);
  return extension?.names.items.some(({ type, value }) => type === 'url' && value === expected) ?? false;
}
