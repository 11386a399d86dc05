import type { JSX } from 'preact';
import type { CertificateCard } from '../scenario';
import type { Validity } from './format';
import { formatDistance, formatMoment, judgeValidity } from './format';

interface ValidityBarProps {
  readonly certificate: Pick<CertificateCard, 'notBefore' | 'notAfter'>;
  readonly now: Date;
}

/** Shows how much of a certificate's life is over, with what is left in words. */
export function ValidityBar({ certificate, now }: ValidityBarProps): JSX.Element {
  const begin = Date.parse(certificate.notBefore);
  const end = Date.parse(certificate.notAfter);
  const share = Math.max(0, Math.min(1, (now.getTime() - begin) / (end - begin)));
  const validity = judgeValidity(certificate, now);
  return (
    <div class={`validity validity--${validity}`}>
      <p class="validity__left">{validityText(validity, certificate, now)}</p>
      <svg class="validity__bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="validity__life" x="0" y="0" width="1000" height="10" />
        <rect
          class="validity__over"
          x="0"
          y="0"
          width={Math.round((Number.isNaN(share) ? 0 : share) * 1000)}
          height="10"
        />
      </svg>
      <p class="validity__period">
        <span>{formatMoment(certificate.notBefore)}</span>
        <span class="sr-only"> to </span>
        <span>{formatMoment(certificate.notAfter)}</span>
      </p>
    </div>
  );
}

/** Says what is left of a certificate's life, e.g. `expires in 6 days`. */
export function validityText(
  validity: Validity,
  period: { readonly notBefore?: string; readonly notAfter: string },
  now: Date,
): string {
  const distance = (moment: string): string => formatDistance(Date.parse(moment) - now.getTime());
  if (validity === 'expired') return `expired ${distance(period.notAfter)} ago`;
  if (validity === 'not-yet-valid') return `valid in ${distance(period.notBefore ?? period.notAfter)}`;
  return `expires in ${distance(period.notAfter)}`;
}
