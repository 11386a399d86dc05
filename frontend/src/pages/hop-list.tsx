import type { JSX } from 'preact';
import type { Hop } from '../hops';
import { authenticationText, certificateOf, hopState, outcomeText, partyName, shortThumbprint } from './hop-text';
import { Icon } from './icons';
import { Path } from './text';

/** Shows the hops one below the other: what small screens get in place of picture and table. */
export function HopList({
  hops,
  bound,
}: {
  readonly hops: readonly Hop[];
  readonly bound?: string | undefined;
}): JSX.Element {
  return (
    <ol class="hop-list" aria-label="Calls of this request, in order">
      {hops.map((hop, index) => (
        <HopItem key={index} hop={hop} number={index + 1} bound={bound} />
      ))}
    </ol>
  );
}

interface HopItemProps {
  readonly hop: Hop;
  readonly number: number;
  readonly bound: string | undefined;
}

function HopItem({ hop, number, bound }: HopItemProps): JSX.Element {
  const certificate = certificateOf(hop.authentication);
  const outcome = outcomeText(hop);
  return (
    <li class={`hop hop--${hopState(hop)}${hop.observed ? '' : ' hop--unobserved'}`}>
      <span class="hop__number" aria-hidden="true">
        {number}
      </span>
      <p class="hop__parties">
        {partyName(hop.from)} <span aria-hidden="true">→</span>
        <span class="sr-only"> to </span> {partyName(hop.to)}
      </p>
      <p class="hop__purpose">{hop.purpose}</p>
      <p class="hop__request">
        <b>{hop.method}</b> <Path>{hop.path}</Path>
      </p>
      <p class="hop__facts">
        {outcome !== '' && <span class="hop__outcome">{outcome}</span>}
        <span>{authenticationText(hop.authentication)}</span>
        {certificate !== undefined && <Thumbprint value={certificate} bound={bound} />}
      </p>
      {hop.failure !== undefined && <p class="hop__failure">{hop.failure.message}</p>}
    </li>
  );
}

/** Shows a lock and the beginning of a thumbprint, marked where it is the one that the token is bound to. */
export function Thumbprint({
  value,
  bound,
}: {
  readonly value: string;
  readonly bound: string | undefined;
}): JSX.Element {
  return (
    <span class={value === bound ? 'thumbprint thumbprint--bound' : 'thumbprint'} title={value}>
      <Icon name="lock" />
      {shortThumbprint(value)}
    </span>
  );
}
