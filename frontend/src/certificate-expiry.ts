import type { Logger } from '@mtls/platform';
import type { BoundParts, CurrentParts } from './bound-parts';

const DAY_MS = 86_400_000;
/** Later than for certificates in general: those of bindings may live for a week only. */
const WARN_DAYS = 3;

export interface CertificateExpiry {
  /** Path and origin of the certificate, e.g. `/app binding`. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** Whole days, negative once it is over. */
  readonly daysLeft: number;
}

/** Lists when the certificates end that the app uses, the one that ends first at the head. @param now milliseconds since the epoch */
export function listCertificateExpiries({ scenarios, login }: BoundParts, now: number): CertificateExpiry[] {
  return [...scenarios, login]
    .flatMap((part) => part.certificates())
    .map(({ name, notAfter }) => ({ name, notAfter, daysLeft: Math.floor((Date.parse(notAfter) - now) / DAY_MS) }))
    .toSorted((one, other) => Date.parse(one.notAfter) - Date.parse(other.notAfter));
}

/** Warns in the log of certificates with less than three days left, now and then daily. @returns what ends the warnings. */
export function warnOfExpiry(parts: Pick<CurrentParts, 'current'>, logger: Pick<Logger, 'warn'>): () => void {
  const look = (): void => {
    for (const { name, notAfter, daysLeft } of listCertificateExpiries(parts.current, Date.now())) {
      if (daysLeft < WARN_DAYS)
        logger.warn(
          { used_by: name, not_after: notAfter, days_left: daysLeft },
          daysLeft < 0 ? 'a client certificate has expired: renew it' : 'a client certificate expires soon: renew it',
        );
    }
  };
  look();
  const timer = setInterval(look, DAY_MS).unref();
  return () => clearInterval(timer);
}
