import 'reflect-metadata';
import { createHash, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const DAY_MS = 86_400_000;
const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const { KeyUsageFlags, ExtendedKeyUsage } = x509;

/** A certificate as a binding has it: chain (leaf first, without root) and key in PEM. */
export interface Issued {
  readonly chain: string;
  readonly leaf: string;
  readonly intermediate: string;
  readonly key: string;
  /** base64url(SHA-256(DER)), made with node:crypto's own digest of the leaf. */
  readonly thumbprint: string;
  readonly x509: X509Certificate;
}

export interface IssueOptions {
  readonly subject?: string;
  readonly keyType?: 'ec' | 'rsa';
  /** Days from now until the end of validity; negative for an expired one. */
  readonly days?: number;
  /** For a server: what the certificate is for. */
  readonly hosts?: readonly string[];
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** A certificate authority of a test run: root and intermediate, made anew. */
export class TestCa {
  readonly rootPem: string;
  readonly #intermediate: Authority;

  private constructor(root: Authority, intermediate: Authority) {
    this.rootPem = pem(root.certificate);
    this.#intermediate = intermediate;
  }

  static async create(name = 'Test'): Promise<TestCa> {
    const rootKeys = await createKeys('ec');
    const root = await issue({ name: `CN=${name} Root`, keys: rootKeys, days: 30, extensions: authorityExtensions() });
    const keys = await createKeys('ec');
    const issuer = { certificate: root, keys: rootKeys };
    const certificate = await issue({
      name: `CN=${name} Intermediate,O=${name}`,
      keys,
      days: 30,
      extensions: authorityExtensions(),
      issuer,
    });
    return new TestCa(issuer, { certificate, keys });
  }

  issueServer({ hosts = ['localhost'], days = 7, keyType = 'ec' }: IssueOptions = {}): Promise<Issued> {
    return this.#issueLeaf(`CN=${hosts[0] ?? ''}`, { days, keyType }, [
      new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns' as const, value }))),
    ]);
  }

  issueClient({
    subject = 'C=DE,O=SAP SE,OU=SAP Cloud Platform Clients,L=mtlsxsuaa,CN=client',
    days = 7,
    keyType = 'ec',
  }: IssueOptions = {}): Promise<Issued> {
    return this.#issueLeaf(subject, { days, keyType }, [
      new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ]);
  }

  async #issueLeaf(
    name: string,
    { days, keyType }: { readonly days: number; readonly keyType: 'ec' | 'rsa' },
    extensions: x509.Extension[],
  ): Promise<Issued> {
    const keys = await createKeys(keyType);
    const certificate = await issue({ name, keys, days, extensions, issuer: this.#intermediate });
    const leaf = pem(certificate);
    const intermediate = pem(this.#intermediate.certificate);
    return {
      chain: `${leaf}${intermediate}`,
      leaf,
      intermediate,
      key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
      thumbprint: createHash('sha256').update(Buffer.from(certificate.rawData)).digest('base64url'),
      x509: new X509Certificate(leaf),
    };
  }
}

function createKeys(type: 'ec' | 'rsa'): Promise<webcrypto.CryptoKeyPair> {
  const algorithm =
    type === 'ec'
      ? signingAlgorithm
      : { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function issue(content: {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly days: number;
  readonly extensions: x509.Extension[];
  readonly issuer?: Authority;
}): Promise<x509.X509Certificate> {
  const { name, keys, days, extensions, issuer } = content;
  const notAfter = new Date(Date.now() + days * DAY_MS);
  return x509.X509CertificateGenerator.create({
    subject: name,
    issuer: issuer?.certificate.subjectName.toString() ?? name,
    notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS),
    notAfter,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm,
    extensions,
  });
}

function authorityExtensions(): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
