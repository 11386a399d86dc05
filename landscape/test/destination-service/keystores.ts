import { execFileSync } from 'node:child_process';
import { createHash, type X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateAuthority, IssuedClient } from '../../src/ca/certificate-authority';

export function issueClient(ca: CertificateAuthority, commonName = 'client'): Promise<IssuedClient> {
  return ca.issueClient({ commonName, locality: 'mtlsxsuaa', keyLength: 2048, validityDays: 7 });
}

/** base64 of a file's bytes, as the service wants its `Content`. */
export function toContent(file: string | Buffer): string {
  return Buffer.from(file).toString('base64');
}

export function thumbprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url');
}

/** Runs openssl in a folder that holds just the files, and returns what it prints. */
export function openssl(args: readonly string[], files: Readonly<Record<string, string | Buffer>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'landscape-openssl-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
    return execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function toPkcs12(client: IssuedClient, password: string): Buffer {
  const [leaf = '', ...chain] = client.certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
  return openssl(
    ['pkcs12', '-export', '-inkey', 'key', '-in', 'leaf', '-certfile', 'chain', '-passout', `pass:${password}`],
    { key: client.key, leaf, chain: chain.join('') },
  );
}

/** Encrypts a private key with openssl, so that ours is not the only tool that reads it. */
export function encryptKey(key: string, password: string): string {
  return openssl(['pkcs8', '-topk8', '-in', 'key', '-passout', `pass:${password}`, '-v2', 'aes-256-cbc'], {
    key,
  }).toString();
}
