import type { JSX } from 'preact';
import type { Hop } from '../hops';
import {
  authenticationText,
  certificateOf,
  hopSentence,
  hopState,
  outcomeText,
  partyName,
  partyRole,
  shortThumbprint,
} from './hop-text';
import { LockShape } from './icons';
import type { Arrow, LifeLine, SequenceLayout } from './sequence-layout';
import { layoutSequence, PICTURE } from './sequence-layout';

interface SequencePictureProps {
  readonly hops: readonly Hop[];
  /** The thumbprint that the token is bound to: locks with it stand out. */
  readonly bound?: string | undefined;
}

/**
 * Draws the hops of one request as a sequence diagram: presentation attributes and classes only, as a strict Content
 * Security Policy wants it. Small screens show the same hops as a list instead.
 */
export function SequencePicture({ hops, bound }: SequencePictureProps): JSX.Element {
  const layout = layoutSequence(hops);
  return (
    <svg
      class="sequence"
      viewBox={`0 0 ${PICTURE.width} ${layout.height}`}
      width={PICTURE.width}
      height={layout.height}
      role="img"
      aria-labelledby="sequence-title sequence-text"
    >
      <title id="sequence-title">Sequence of the calls of this request</title>
      <desc id="sequence-text">{hops.map((hop, index) => hopSentence(hop, index + 1)).join(' ')}</desc>
      {layout.lifeLines.map((line) => (
        <LifeLinePicture key={line.party} line={line} layout={layout} />
      ))}
      {layout.arrows.map((arrow) => (
        <ArrowPicture key={arrow.number} arrow={arrow} bound={bound} />
      ))}
    </svg>
  );
}

function LifeLinePicture({ line, layout }: { readonly line: LifeLine; readonly layout: SequenceLayout }): JSX.Element {
  const { head } = PICTURE;
  const left = line.x - layout.headWidth / 2;
  const own = line.party === 'frontend';
  const first = layout.arrows[0];
  const last = layout.arrows.at(-1);
  return (
    <g class={own ? 'life-line life-line--own' : 'life-line'}>
      <line class="life-line__line" x1={line.x} y1={head} x2={line.x} y2={layout.height} />
      {own && first !== undefined && last !== undefined && (
        <rect
          class="life-line__activity"
          x={line.x - 4}
          y={first.y - 6}
          width="8"
          height={last.y - first.y + 24}
          rx="4"
        />
      )}
      <rect class="life-line__head" x={left + 0.5} y="0.5" width={layout.headWidth - 1} height={head - 1} rx="8" />
      <text class="life-line__name" x={line.x} y="20" text-anchor="middle">
        {partyName(line.party)}
      </text>
      <text class="life-line__role" x={line.x} y="36" text-anchor="middle">
        {partyRole(line.party)}
      </text>
    </g>
  );
}

function ArrowPicture({ arrow, bound }: { readonly arrow: Arrow; readonly bound: string | undefined }): JSX.Element {
  const { hop, from, to, y } = arrow;
  const direction = to > from ? 1 : -1;
  const state = hopState(hop);
  const middle = (from + to) / 2;
  const certificate = certificateOf(hop.authentication);
  return (
    <g class={`arrow arrow--${state}${hop.observed ? '' : ' arrow--unobserved'}`}>
      <text class="arrow__request" x={arrow.labelX} y={y - 16} text-anchor="middle">
        <tspan class="arrow__method">{hop.method}</tspan> {arrow.path}
      </text>
      <line class="arrow__line" x1={from + 11 * direction} y1={y} x2={to - 9 * direction} y2={y} />
      {state === 'failed' ? (
        <path
          class="arrow__cross"
          d={`M${to - 15 * direction} ${y - 7}l${14 * direction} 14m0 -14l${-14 * direction} 14`}
        />
      ) : (
        <path class="arrow__head" d={`M${to - 2 * direction} ${y}l${-11 * direction} -5.5v11z`} />
      )}
      {certificate !== undefined && <LockPill x={middle} y={y} thumbprint={certificate} bound={bound} />}
      <circle class="arrow__badge" cx={from} cy={y} r="11" />
      <text class="arrow__number" x={from} y={y + 4.5} text-anchor="middle">
        {arrow.number}
      </text>
      <text class="arrow__outcome" x={middle} y={y + 26} text-anchor="middle">
        {[outcomeText(hop), authenticationText(hop.authentication)].filter((part) => part !== '').join(' · ')}
      </text>
    </g>
  );
}

interface LockPillProps {
  readonly x: number;
  readonly y: number;
  readonly thumbprint: string;
  readonly bound: string | undefined;
}

/** A padlock on the wire: which certificate the caller showed. */
function LockPill({ x, y, thumbprint, bound }: LockPillProps): JSX.Element {
  return (
    <g class={thumbprint === bound ? 'lock-pill lock-pill--bound' : 'lock-pill'}>
      <rect class="lock-pill__frame" x={x - 44} y={y - 10.5} width="88" height="21" rx="10.5" />
      <LockShape x={x - 37} y={y - 6.5} size={13} />
      <text class="lock-pill__text" x={x - 20} y={y + 4.5}>
        {shortThumbprint(thumbprint)}
      </text>
    </g>
  );
}
