import type { JSX } from 'preact';
import type { CertificateCard as Certificate, ScenarioResult } from '../scenario';
import { boundThumbprint } from './claims';
import { Card } from './card';
import { DistinguishedName } from './distinguished-name';
import { Icon } from './icons';
import { ValidityBar } from './validity-bar';

/** How token and certificate belong together; the page draws the line between the two accordingly. */
export type Binding = 'bound' | 'other-certificate' | 'unbound' | 'certificate-unknown';

/** Compares the token's confirmation claim with the certificate at hand. */
export function judgeBinding(result: ScenarioResult): Binding {
  const thumbprint = boundThumbprint(result);
  if (thumbprint === undefined) return 'unbound';
  if (result.certificate === undefined) return 'certificate-unknown';
  return thumbprint === result.certificate['x5t#S256'] ? 'bound' : 'other-certificate';
}

const TITLES: Readonly<Record<Binding, string>> = {
  bound: 'The certificate it is bound to',
  'other-certificate': 'Not the certificate it is bound to',
  unbound: 'The certificate at hand',
  'certificate-unknown': 'The certificate it is bound to',
};

const VERDICTS: Readonly<Record<Binding, string>> = {
  bound: 'Its thumbprint is the one in cnf: token and certificate belong together.',
  'other-certificate':
    'Its thumbprint differs from the one in cnf: the token was issued to the holder of another certificate, so a backend that checks the binding refuses this pair.',
  unbound: 'The token has no cnf: it is not bound to this or any certificate.',
  'certificate-unknown': 'This app could not get the certificate that cnf names.',
};

interface CertificateCardProps {
  readonly result: ScenarioResult;
  readonly now: Date;
}

/** Shows the certificate beside the claims: thumbprint first, since that is what `cnf` names. */
export function CertificateCard({ result, now }: CertificateCardProps): JSX.Element {
  const binding = judgeBinding(result);
  return (
    <Card id="certificate" title={TITLES[binding]} class={`certificate certificate--${binding}`}>
      <p class="certificate__verdict">
        <Icon name={binding === 'bound' ? 'lock' : binding === 'unbound' ? 'information' : 'warning'} />
        <span>{VERDICTS[binding]}</span>
      </p>
      {result.certificate !== undefined && <CertificateFacts certificate={result.certificate} now={now} />}
    </Card>
  );
}

function CertificateFacts({
  certificate,
  now,
}: {
  readonly certificate: Certificate;
  readonly now: Date;
}): JSX.Element {
  return (
    <dl class="facts">
      <dt>Thumbprint (x5t#S256)</dt>
      <dd class="facts__thumbprint">{certificate['x5t#S256']}</dd>
      <dt>Validity</dt>
      <dd>
        <ValidityBar certificate={certificate} now={now} />
      </dd>
      <dt>Subject</dt>
      <dd>
        <DistinguishedName name={certificate.subject} />
      </dd>
      <dt>Issuer</dt>
      <dd>
        <DistinguishedName name={certificate.issuer} />
      </dd>
    </dl>
  );
}
