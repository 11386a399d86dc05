import { generateKeyPair, type X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LandscapeSettings } from '../settings';
import { openAuthorityState, toIssuer } from './authority-state';
import { issueCertificate, type Issuer } from './issue-certificate';
import { generateRsaKey } from './rsa-key';
import type { SigningRequest } from './signing-request';
import { writeStateFile } from './state-file';
import { clientName, serverName } from './subject-names';

/** What a server shows in a TLS handshake: PEM, the certificate followed by its intermediate. */
export interface ServerIdentity {
  readonly key: string;
  readonly certificate: string;
}

export interface ClientCertificateRequest {
  /** At most 64 characters (X.520), e.g. a GUID. */
  readonly commonName: string;
  readonly locality: string;
  /** Bits of the RSA key. */
  readonly keyLength: number;
  readonly validityDays: number;
}

/** A client certificate with its key, as a service binding carries them. */
export interface IssuedClient {
  /** PEM, 64 columns: leaf, intermediate, root. */
  readonly certificate: string;
  /** PEM, PKCS#1 ("RSA PRIVATE KEY"). */
  readonly key: string;
  readonly leaf: X509Certificate;
}

export type CertificateAuthorityOptions = Pick<LandscapeSettings, 'stateFolder' | 'now'>;

const DAY_MS = 86_400_000;
/** The longest that current browsers accept. */
const SERVER_VALIDITY_DAYS = 397;
/** Server certificates begin early, so that they hold under a landscape clock that runs ahead of the machine's. */
const SERVER_BACKDATED_DAYS = 30;

const generateKey = promisify(generateKeyPair);

interface Chain {
  readonly root: X509Certificate;
  readonly intermediate: X509Certificate;
  readonly issuer: Issuer;
}

/** The certificate authority of the landscape; root and intermediate persist, what they issue does not. */
export class CertificateAuthority {
  /** The root's certificate, which servers and clients of the landscape trust. */
  readonly rootPem: string;
  /** The file that holds `rootPem`, for NODE_EXTRA_CA_CERTS. */
  readonly rootFile: string;
  readonly #chain: Chain;
  readonly #now: () => number;

  private constructor(chain: Chain, rootFile: string, now: () => number) {
    this.#chain = chain;
    this.#now = now;
    this.rootPem = chain.root.toString();
    this.rootFile = rootFile;
  }

  /**
   * Opens the authority that the state folder holds, or makes one that is valid for ten years.
   * @throws {StateFileError} when its file is damaged or has expired; the message says what to do.
   */
  static async open({ stateFolder, now }: CertificateAuthorityOptions): Promise<CertificateAuthority> {
    const state = await openAuthorityState({ stateFolder, now });
    const rootFile = join(stateFolder, 'ca', 'root.pem');
    const { root, intermediate } = state;
    await writeStateFile(rootFile, root.toString());
    return new CertificateAuthority({ root, intermediate, issuer: await toIssuer(state) }, rootFile, now);
  }

  /** Intermediate and root: whoever holds a certificate of the landscape was issued it by the first. */
  get authorities(): readonly X509Certificate[] {
    return [this.#chain.intermediate, this.#chain.root];
  }

  /** Issues a certificate for localhost, 127.0.0.1 and ::1, with a key of its own. */
  async issueServer(): Promise<ServerIdentity> {
    const { intermediate, issuer } = this.#chain;
    const { publicKey, privateKey } = await generateKey('ec', { namedCurve: 'P-256' });
    const now = this.#now();
    const leaf = await issueCertificate({
      profile: 'server',
      subject: serverName,
      publicKey,
      notBefore: new Date(now - SERVER_BACKDATED_DAYS * DAY_MS),
      notAfter: new Date(now + (SERVER_VALIDITY_DAYS - SERVER_BACKDATED_DAYS) * DAY_MS),
      issuer,
    });
    return {
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: leaf.toString() + intermediate.toString(),
    };
  }

  /** Issues a client certificate that is valid from now, to the second, for the days asked for. */
  async issueClient(request: ClientCertificateRequest): Promise<IssuedClient> {
    const { publicKey, privateKey } = await generateRsaKey(request.keyLength);
    const leaf = await this.#issueLeaf({ subject: clientName(request), publicKey }, request.validityDays);
    return {
      certificate: this.#withChain(leaf),
      key: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      leaf,
    };
  }

  /** Issues a client certificate for somebody else's key; PEM: leaf, intermediate, root. */
  async signClient(request: SigningRequest, validityDays: number): Promise<string> {
    return this.#withChain(await this.#issueLeaf(request, validityDays));
  }

  async #issueLeaf({ subject, publicKey }: SigningRequest, validityDays: number): Promise<X509Certificate> {
    // Read when the key is there: an 8192-bit key takes a while.
    const now = Math.floor(this.#now() / 1000) * 1000;
    return issueCertificate({
      profile: 'client',
      subject,
      publicKey,
      notBefore: new Date(now),
      notAfter: new Date(now + validityDays * DAY_MS),
      issuer: this.#chain.issuer,
    });
  }

  #withChain(leaf: X509Certificate): string {
    return [leaf, ...this.authorities].map((certificate) => certificate.toString()).join('');
  }
}
