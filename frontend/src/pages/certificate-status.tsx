import type { JSX } from 'preact';
import { judgeValidity } from './format';
import { Status } from './status';
import { validityText } from './validity-bar';

/** Says on a card of the start page how long a certificate still lives, in the colour of its urgency. */
export function CertificateStatus({ notAfter, now }: { readonly notAfter: string; readonly now: Date }): JSX.Element {
  const validity = judgeValidity({ notAfter }, now);
  const tone = validity === 'expired' ? 'negative' : validity === 'expires-soon' ? 'critical' : 'positive';
  return <Status tone={tone} text={validityText(validity, { notAfter }, now)} />;
}
