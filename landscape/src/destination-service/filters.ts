import { ServiceError } from './service-error';
import type { Entry } from './store';

/** What a `$filter` expression selects. */
export interface Filter {
  /** Of the form that lists names; absent in the others. */
  readonly names?: readonly string[];
  /** `now` in milliseconds since the epoch. */
  matches(entry: Pick<Entry<unknown>, 'name' | 'modifiedAt'>, now: number): boolean;
}

const QUOTED = String.raw`'((?:[^']|'')*)'`;
const IN_LIST = /^\s*Name\s+in\s*\((.*)\)\s*$/s;
const LIST_ITEM = /^\s*'([^']*)'\s*$/;
const STARTS_WITH = new RegExp(String.raw`^\s*startswith\(\s*Name\s*,\s*${QUOTED}\s*\)\s*$`, 's');
const ENDS_WITH = new RegExp(String.raw`^\s*endswith\(\s*Name\s*,\s*${QUOTED}\s*\)\s*$`, 's');
const MODIFIED_WITHIN = /^\s*modifiedwithin\(\s*'(\d+)'\s*,\s*'([^']*)'\s*\)\s*$/;

const MINUTES_A_DAY = 1440;

/** @throws {ServiceError} 400 when the expression has none of the four documented forms. */
export function parseFilter(expression: string): Filter {
  const list = IN_LIST.exec(expression);
  if (list !== null) return selectNames(parseNames(list[1] ?? ''));
  const startsWith = STARTS_WITH.exec(expression);
  if (startsWith !== null) {
    const prefix = unescapeQuotes(startsWith[1] ?? '');
    return { matches: ({ name }) => name.startsWith(prefix) };
  }
  const endsWith = ENDS_WITH.exec(expression);
  if (endsWith !== null) {
    const suffix = unescapeQuotes(endsWith[1] ?? '');
    return { matches: ({ name }) => name.endsWith(suffix) };
  }
  const modified = MODIFIED_WITHIN.exec(expression);
  if (modified !== null) {
    const span = parseMinutes(modified[1] ?? '', modified[2] ?? '') * 60_000;
    return { matches: ({ modifiedAt }, now) => now - modifiedAt <= span };
  }
  throw new ServiceError(
    400,
    `The $filter "${expression}" is none of: Name in ('a', 'b'), startswith(Name, 'a'), endswith(Name, 'a'), modifiedwithin('30', 'minutes')`,
  );
}

/** Reads the one form that deleting and certificates allow. @throws {ServiceError} 400 for every other. */
export function parseNameFilter(expression: string): Filter & { readonly names: readonly string[] } {
  const { names } = parseFilter(expression);
  if (names !== undefined) return selectNames(names);
  throw new ServiceError(400, `The $filter can only be a list of names here: Name in ('a', 'b')`);
}

function selectNames(names: readonly string[]): Filter & { readonly names: readonly string[] } {
  return { names, matches: ({ name }) => names.includes(name) };
}

/** Names are percent-encoded inside their quotes, so that neither quote nor comma can occur in one. */
function parseNames(list: string): readonly string[] {
  return list.split(',').map((item) => {
    const encoded = LIST_ITEM.exec(item)?.[1];
    if (encoded === undefined || encoded === '')
      throw new ServiceError(400, `In the $filter, ${item.trim() || 'an empty item'} is no name in single quotes`);
    try {
      return decodeURIComponent(encoded);
    } catch {
      throw new ServiceError(400, `In the $filter, the name '${encoded}' is not percent-encoded correctly`);
    }
  });
}

function unescapeQuotes(text: string): string {
  return text.replaceAll("''", "'");
}

function parseMinutes(number: string, unit: string): number {
  const minutes = Number(number);
  if (unit !== 'minutes')
    throw new ServiceError(400, `The time unit of modifiedwithin must be 'minutes', not '${unit}'`);
  if (minutes < 1 || minutes > MINUTES_A_DAY)
    throw new ServiceError(400, `The number of modifiedwithin must be from 1 to ${MINUTES_A_DAY}, it is ${number}`);
  return minutes;
}
