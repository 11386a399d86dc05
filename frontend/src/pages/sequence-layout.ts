import type { Hop, Party } from '../hops';

/** Measures of the picture in its own units, which are CSS pixels at full width. */
export const PICTURE = { width: 1080, head: 46, headGap: 30, row: 74, tail: 14, character: 7.4 } as const;

const HEAD_WIDTH = 172;
const WIDEST_STEP = 300;

export interface LifeLine {
  readonly party: Party;
  readonly x: number;
}

export interface Arrow {
  readonly hop: Hop;
  /** Counts from 1, as in the table. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly y: number;
  /** Method and path, shortened to what fits, and the middle of that text. */
  readonly path: string;
  readonly labelX: number;
}

export interface SequenceLayout {
  readonly height: number;
  readonly headWidth: number;
  readonly lifeLines: readonly LifeLine[];
  readonly arrows: readonly Arrow[];
}

/** Left to right as a request travels; only those that occur get a life line. */
const ORDER: readonly Party[] = [
  'browser',
  'frontend',
  'xsuaa',
  'identity',
  'authorization-server',
  'destination-service',
  'backend',
];

/** Places life lines and arrows: evenly spread, one row a hop. */
export function layoutSequence(hops: readonly Hop[]): SequenceLayout {
  const parties = ORDER.filter((party) => hops.some((hop) => hop.from === party || hop.to === party));
  const step = Math.min(WIDEST_STEP, (PICTURE.width - HEAD_WIDTH) / Math.max(1, parties.length - 1));
  const first = (PICTURE.width - step * (parties.length - 1)) / 2;
  const lifeLines = parties.map((party, index) => ({ party, x: Math.round(first + index * step) }));
  const xOf = (party: Party): number => lifeLines.find((line) => line.party === party)?.x ?? first;
  const arrows = hops.map((hop, index) => placeArrow(hop, index, xOf(hop.from), xOf(hop.to)));
  return {
    height: PICTURE.head + PICTURE.headGap + hops.length * PICTURE.row + PICTURE.tail,
    headWidth: Math.min(HEAD_WIDTH, step - 16),
    lifeLines,
    arrows,
  };
}

function placeArrow(hop: Hop, index: number, from: number, to: number): Arrow {
  const y = PICTURE.head + PICTURE.headGap + index * PICTURE.row + 26;
  const room = Math.max(Math.abs(to - from) - 40, 300);
  const path = shortenPath(hop.path, Math.floor(room / PICTURE.character) - hop.method.length - 1);
  const half = ((hop.method.length + 1 + path.length) * PICTURE.character) / 2;
  const labelX = Math.max(half + 4, Math.min(PICTURE.width - half - 4, (from + to) / 2));
  return { hop, number: index + 1, from, to, y, path, labelX: Math.round(labelX) };
}

/** Drops leading segments, then the end, until `path` has at most `length` characters. */
export function shortenPath(path: string, length: number): string {
  let rest = path;
  while (`…${rest}`.length > length && path.length > length) {
    const next = rest.indexOf('/', 1);
    const query = rest.indexOf('?');
    if (next === -1 || (query !== -1 && query < next)) break;
    rest = rest.slice(next);
  }
  const shortened = rest === path ? path : `…${rest}`;
  return shortened.length > length ? `${shortened.slice(0, Math.max(1, length - 1))}…` : shortened;
}
