import type { Response } from 'express';
import type { JsonObject } from '../broker';
import type { ListQuery, Metadata } from './list-query';
import type { Entry } from './store';

export interface ListRequest<T> {
  readonly entries: readonly Entry<T>[];
  readonly query: ListQuery;
  /** Last part of the path, for the `Link` header, e.g. `subaccountDestinations`. */
  readonly resource: string;
  readonly render: (entry: Entry<T>) => JsonObject;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Answers a call for a list: all, filtered, names only, or a page with its headers. */
export function sendList<T>(res: Response, { entries, query, resource, render, now }: ListRequest<T>): void {
  switch (query.mode) {
    case 'select':
      return void res.json(entries.map(({ name }) => ({ Name: name })));
    case 'default': {
      const { filter, metadata } = query;
      const chosen = filter === undefined ? entries : entries.filter((entry) => filter.matches(entry, now));
      return void res.json(chosen.map((entry) => withMetadata(render(entry), entry, metadata)));
    }
    case 'page': {
      const start = (query.page - 1) * query.pageSize;
      setPageHeaders(res, query, entries.length, resource);
      return void res.json(entries.slice(start, start + query.pageSize).map(render));
    }
  }
}

function withMetadata(body: JsonObject, entry: Entry<unknown>, metadata: readonly Metadata[]): JsonObject {
  if (metadata.length === 0) return body;
  const values: Record<Metadata, string> = {
    modification_time: new Date(entry.modifiedAt).toISOString(),
    etag: entry.etag,
  };
  return { ...body, $metadata: Object.fromEntries(metadata.map((name) => [name, values[name]])) };
}

function setPageHeaders(
  res: Response,
  { page, pageSize, pageCount, entityCount }: Extract<ListQuery, { mode: 'page' }>,
  entities: number,
  resource: string,
): void {
  const pages = Math.ceil(entities / pageSize);
  if (pageCount) res.setHeader('Page-Count', pages);
  if (entityCount) res.setHeader('Entity-Count', entities);
  const link = (target: number, relation: string): string =>
    `</${resource}?$page=${target}&$pageSize=${pageSize}>; rel='${relation}'`;
  const links = [
    ...(page > 1 ? [link(Math.min(page - 1, Math.max(pages, 1)), 'previous')] : []),
    ...(page < pages ? [link(page + 1, 'next')] : []),
  ];
  if (links.length > 0) res.setHeader('Link', links.join(', '));
}
