import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { object, string } from 'valibot';
import type { CertificateAuthorityOptions } from './certificate-authority';
import { issueCertificate, type Issuer } from './issue-certificate';
import { generateRsaKey, importSigningKey } from './rsa-key';
import { readStateFile, StateFileError, writeStateFile } from './state-file';
import { intermediateName, rootName } from './subject-names';

const DAY_MS = 86_400_000;
const VALIDITY_DAYS = 3_650;
/** Tests run the landscape with a clock of their own, while TLS judges by the machine's. */
const BACKDATED_DAYS = 30;
const KEY_LENGTH = 2048;

const schema = object({
  rootCertificate: string(),
  rootKey: string(),
  intermediateCertificate: string(),
  intermediateKey: string(),
});

interface AuthorityState {
  readonly root: X509Certificate;
  readonly rootKey: KeyObject;
  readonly intermediate: X509Certificate;
  readonly intermediateKey: KeyObject;
}

const REMEDY =
  'the next start makes a new certificate authority, and whatever trusts the old root (a browser, say) must be told the new one.';

/**
 * Reads root and intermediate from the state folder, or makes them: one file, so that both are there or none.
 * @throws {StateFileError} when the file is damaged, its parts do not belong together or the authority has expired.
 */
export async function openAuthorityState({ stateFolder, now }: CertificateAuthorityOptions): Promise<AuthorityState> {
  const file = join(stateFolder, 'ca', 'authority.json');
  const stored = await readStateFile({ file, schema, remedy: REMEDY });
  if (stored === undefined) {
    const state = await createAuthority(now());
    await writeStateFile(file, serialize(state));
    return state;
  }
  const state = parseState(file, stored);
  const problem = findProblem(state, now());
  if (problem !== undefined) throw new StateFileError(file, problem, REMEDY);
  return state;
}

function parseState(file: string, stored: Record<keyof typeof schema.entries, string>): AuthorityState {
  try {
    return {
      root: new X509Certificate(stored.rootCertificate),
      rootKey: createPrivateKey(stored.rootKey),
      intermediate: new X509Certificate(stored.intermediateCertificate),
      intermediateKey: createPrivateKey(stored.intermediateKey),
    };
  } catch (error) {
    throw new StateFileError(file, 'is damaged: a certificate or key in it cannot be read.', REMEDY, { cause: error });
  }
}

function findProblem(state: AuthorityState, now: number): string | undefined {
  const { root, rootKey, intermediate, intermediateKey } = state;
  if (!root.checkPrivateKey(rootKey)) return 'is damaged: the key of the root does not belong to its certificate.';
  if (!intermediate.checkPrivateKey(intermediateKey))
    return 'is damaged: the key of the intermediate does not belong to its certificate.';
  if (!intermediate.verify(root.publicKey)) return 'is damaged: the root has not issued the intermediate.';
  if (Date.parse(intermediate.validTo) <= now)
    return `holds a certificate authority that expired on ${intermediate.validTo}.`;
  if (Date.parse(intermediate.validFrom) > now)
    return `holds a certificate authority that is valid from ${intermediate.validFrom} only; check this machine's clock.`;
  return undefined;
}

async function createAuthority(now: number): Promise<AuthorityState> {
  const [rootPair, intermediatePair] = await Promise.all([generateRsaKey(KEY_LENGTH), generateRsaKey(KEY_LENGTH)]);
  const notBefore = new Date(now - BACKDATED_DAYS * DAY_MS);
  const notAfter = new Date(now + VALIDITY_DAYS * DAY_MS);
  const issuer: Issuer = {
    name: rootName,
    publicKey: rootPair.publicKey,
    signingKey: await importSigningKey(rootPair.privateKey),
  };
  const root = await issueCertificate({
    profile: 'root',
    subject: rootName,
    publicKey: rootPair.publicKey,
    notBefore,
    notAfter,
    issuer,
  });
  const intermediate = await issueCertificate({
    profile: 'intermediate',
    subject: intermediateName,
    publicKey: intermediatePair.publicKey,
    notBefore,
    notAfter,
    issuer,
  });
  return { root, rootKey: rootPair.privateKey, intermediate, intermediateKey: intermediatePair.privateKey };
}

/** What issues leaves: the intermediate. */
export async function toIssuer({ intermediateKey }: AuthorityState): Promise<Issuer> {
  return {
    name: intermediateName,
    publicKey: createPublicKey(intermediateKey),
    signingKey: await importSigningKey(intermediateKey),
  };
}

function serialize({ root, rootKey, intermediate, intermediateKey }: AuthorityState): string {
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  return `${JSON.stringify(
    {
      rootCertificate: root.toString(),
      rootKey: rootKey.export(pem),
      intermediateCertificate: intermediate.toString(),
      intermediateKey: intermediateKey.export(pem),
    },
    undefined,
    2,
  )}\n`;
}
