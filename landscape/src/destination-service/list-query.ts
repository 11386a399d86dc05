import { parseFilter, parseNameFilter, type Filter } from './filters';
import { readBoolean } from './http';
import { ServiceError } from './service-error';

/** How a list is asked for; the modes exclude each other. */
export type ListQuery =
  | { readonly mode: 'default'; readonly filter?: Filter; readonly metadata: readonly Metadata[] }
  | { readonly mode: 'select' }
  | {
      readonly mode: 'page';
      /** Counted from 1. */
      readonly page: number;
      readonly pageSize: number;
      readonly pageCount: boolean;
      readonly entityCount: boolean;
    };

const metadata = ['modification_time', 'etag'] as const;
export type Metadata = (typeof metadata)[number];

export interface ListAbilities {
  /** `any` form of filter, or a list of `names` only. */
  readonly filter: 'any' | 'names';
  readonly metadata: boolean;
}

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 1000;
const onlyWithPage = ['$pageSize', '$pageCount', '$entityCount'];

/** @throws {ServiceError} 400 when modes are mixed or a value is out of range. */
export function parseListQuery(query: ReadonlyMap<string, string>, abilities: ListAbilities): ListQuery {
  const known = abilities.metadata
    ? ['$select', '$page', '$filter', '$includeMetadata']
    : ['$select', '$page', '$filter'];
  const used = known.filter((name) => query.has(name));
  const exclusive = used.filter((name) => name === '$select' || name === '$page');
  if (exclusive.length > 0 && used.length > 1)
    throw new ServiceError(400, `${used.join(' and ')} cannot be combined: only one mode is allowed for a request`);
  if (!query.has('$page')) {
    const stray = onlyWithPage.find((name) => query.has(name));
    if (stray !== undefined) throw new ServiceError(400, `${stray} is allowed only together with $page`);
  }
  if (query.has('$select')) return parseSelect(query.get('$select'));
  if (query.has('$page')) return parsePage(query);
  return parseDefault(query, abilities);
}

function parseSelect(value: string | undefined): ListQuery {
  if (value !== 'Name') throw new ServiceError(400, `$select can only be Name, it is "${value ?? ''}"`);
  return { mode: 'select' };
}

function parsePage(query: ReadonlyMap<string, string>): ListQuery {
  return {
    mode: 'page',
    page: parseNumber('$page', query.get('$page'), Number.MAX_SAFE_INTEGER),
    pageSize: query.has('$pageSize')
      ? parseNumber('$pageSize', query.get('$pageSize'), MAX_PAGE_SIZE)
      : DEFAULT_PAGE_SIZE,
    pageCount: readBoolean('$pageCount', query.get('$pageCount')),
    entityCount: readBoolean('$entityCount', query.get('$entityCount')),
  };
}

function parseDefault(query: ReadonlyMap<string, string>, abilities: ListAbilities): ListQuery {
  const expression = query.get('$filter');
  return {
    mode: 'default',
    ...(expression !== undefined && { filter: parseAllowedFilter(expression, abilities) }),
    metadata: abilities.metadata ? parseMetadata(query.get('$includeMetadata')) : [],
  };
}

function parseAllowedFilter(expression: string, abilities: ListAbilities): Filter {
  return abilities.filter === 'any' ? parseFilter(expression) : parseNameFilter(expression);
}

function parseMetadata(value: string | undefined): readonly Metadata[] {
  if (value === undefined) return [];
  return value.split(';').map((item) => {
    const known = metadata.find((name) => name === item.trim());
    if (known === undefined)
      throw new ServiceError(400, `$includeMetadata can hold ${metadata.join(' and ')}, not "${item.trim()}"`);
    return known;
  });
}

function parseNumber(name: string, value: string | undefined, maximum: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value ?? '') && number >= 1 && number <= maximum) return number;
  const range = maximum === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${maximum}`;
  throw new ServiceError(400, `${name} must be a whole number ${range}, it is "${value ?? ''}"`);
}
