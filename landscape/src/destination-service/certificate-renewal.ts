import type { CertificateAuthority } from '../ca/certificate-authority';
import type { Certificate, GeneratedCertificate } from './certificate';
import { issueGenerated } from './generated-certificate';
import type { Collection, Entry, Store } from './store';

export interface CertificateRenewalOptions {
  readonly store: Store;
  readonly ca: CertificateAuthority;
  readonly now: () => number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Renews generated certificates that ask for it. The real service has a job for it; here it runs before a request is answered,
 * so that a landscape whose clock was moved shows what the job would have done.
 */
export class CertificateRenewal {
  readonly #options: CertificateRenewalOptions;
  #running: Promise<void> | undefined;

  constructor(options: CertificateRenewalOptions) {
    this.#options = options;
  }

  run(): Promise<void> {
    this.#running ??= this.#renewDue().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #renewDue(): Promise<void> {
    for (const { certificates } of this.#options.store.levels)
      for (const entry of certificates.list()) await this.#renewIfDue(certificates, entry);
  }

  async #renewIfDue(certificates: Collection<Certificate>, { name, value }: Entry<Certificate>): Promise<void> {
    const { ca, now } = this.#options;
    const { generated, type } = value;
    if (generated === undefined || !isDue(generated, now())) return;
    const renewed = await issueGenerated(generated.generation, ca);
    // Issuing takes a moment, in which the certificate may have been deleted or replaced.
    if (certificates.get(name)?.value === value)
      certificates.put(name, { ...renewed, ...(type !== undefined && { type }) });
  }
}

function isDue({ generation, notAfter }: GeneratedCertificate, now: number): boolean {
  return generation.automaticRenew && now >= notAfter - leadTimeOf(generation.validityDays);
}

/** How long before its end a certificate is renewed, as SAP documents it for the Destination Service. */
function leadTimeOf(validityDays: number): number {
  if (validityDays <= 1) return 12 * HOUR_MS;
  if (validityDays <= 14) return DAY_MS;
  if (validityDays <= 31) return 3 * DAY_MS;
  return validityDays < 155 ? 7 * DAY_MS : 30 * DAY_MS;
}
