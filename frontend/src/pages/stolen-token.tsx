import type { JSX } from 'preact';
import { CERTIFICATE_MISSING, PLAIN_ROUTE_SETTING } from '../backend-refusal';
import type { ScenarioResult } from '../scenario';
import { boundThumbprint, expiryOf } from './claims';
import { Card } from './card';
import { formatMoment, formatRelative } from './format';
import { certificateOf, shortThumbprint } from './hop-text';
import { ReplayPanel, type ReplayOffer } from './replay-offer';
import { Prose } from './text';

interface StolenTokenProps {
  readonly result: ScenarioResult;
  /** How new tokens are stopped. */
  readonly revocation: string;
  readonly replay: ReplayOffer | undefined;
  readonly now: Date;
}

/** Explains what a thief of this token could do, what the binding is for, and how access is taken away. */
export function StolenToken({ result, revocation, replay, now }: StolenTokenProps): JSX.Element {
  const thumbprint = boundThumbprint(result);
  const expiry = expiryOf(result);
  return (
    <Card id="stolen" title="What if it is stolen?">
      {thumbprint === undefined ? <Unbound /> : <Bound result={result} thumbprint={thumbprint} />}
      {replay !== undefined && <ReplayPanel offer={replay} />}
      <p>
        <Prose>{revocation}</Prose> Tokens already issued live until they expire
        {expiry === undefined ? '.' : `: this one until ${formatMoment(expiry)}, ${formatRelative(expiry, now)}.`}
      </p>
    </Card>
  );
}

function Bound({ result, thumbprint }: { readonly result: ScenarioResult; readonly thumbprint: string }): JSX.Element {
  return (
    <>
      <p>
        This token names the certificate <code>{shortThumbprint(thumbprint)}</code> in <code>cnf</code>. On its
        certificate route the backend accepts it only together with that certificate, whose private key a thief of the
        token does not have (RFC 8705, section 3). On its plain route, where no certificate can arrive, it refuses a
        bound token, unless its setting <code>{PLAIN_ROUTE_SETTING}</code> says otherwise.
      </p>
      <ThisRun result={result} />
    </>
  );
}

/** What this very run has shown of it. */
function ThisRun({ result: { hops, backend, error } }: { readonly result: ScenarioResult }): JSX.Element | null {
  if (error?.code === CERTIFICATE_MISSING)
    return <p>In this run the token arrived without the certificate, as a thief would send it, and was refused.</p>;
  const call = hops.findLast(({ from, to }) => from === 'frontend' && to === 'backend');
  if (backend?.status !== 200 || call === undefined || certificateOf(call.authentication) !== undefined) return null;
  return (
    <p>
      In this run no certificate could be shown, and the backend has accepted the token all the same: until it expires,
      its thief can use it there as well.
    </p>
  );
}

function Unbound(): JSX.Element {
  return (
    <p>
      This token has no <code>cnf</code>: whoever has it can use it until it expires. A token that was fetched with a
      client certificate is bound to it.
    </p>
  );
}
