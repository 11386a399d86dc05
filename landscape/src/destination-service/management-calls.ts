import type { Request, Response } from 'express';
import type { JsonObject } from '../broker';
import { noteRequest } from '../listener';
import { answerPreconditions, createEtag } from './etag';
import { parseNameFilter } from './filters';
import { readJsonBody, readQuery } from './http';
import { sendList } from './list';
import { parseListQuery } from './list-query';
import type { Resource } from './resource';
import { ServiceError } from './service-error';
import type { Collection, Entry } from './store';

/** One call of the management API, after the access token was checked. */
export interface ManagementCall<T> {
  readonly req: Request;
  readonly res: Response;
  readonly resource: Resource<T>;
  readonly collection: Collection<T>;
  readonly level: 'subaccount' | 'instance';
  readonly now: () => number;
}

/** A further call below one configuration, e.g. `publicKeys`. */
export interface SubResource<T> {
  readonly path: string;
  readonly render: (entry: Entry<T>) => JsonObject[];
}

type Write<T> = (parsed: { name: string; value: T }) => Entry<T>;

export function listConfigurations<T>({ req, res, resource, collection, level, now }: ManagementCall<T>): void {
  const entries = collection.list();
  if (resource.bulk === undefined) return void res.json(entries.map((entry) => resource.render(entry)));
  sendList(res, {
    entries,
    query: parseListQuery(readQuery(req), resource.bulk),
    resource: level + resource.path,
    render: (entry) => resource.render(entry),
    now: now(),
  });
}

export function getOne<T>(call: ManagementCall<T>): void {
  const entry = requireEntry(call);
  if (answerPreconditions(call.req, call.res, entry.etag)) return;
  call.res.json(call.resource.render(entry));
}

export function getSubResource<T>(call: ManagementCall<T>, { path, render }: SubResource<T>): void {
  const entry = requireEntry(call);
  const body = render(entry);
  if (answerPreconditions(call.req, call.res, createEtag(path, entry.etag))) return;
  call.res.json(body);
}

/** One object: 201 without a body. An array: one result for each, 207 as soon as one failed. */
export async function createConfigurations<T>(call: ManagementCall<T>): Promise<void> {
  const { req, res, resource, collection } = call;
  const body = await readJsonBody(req, res);
  const write: Write<T> = ({ name, value }) => {
    if (collection.get(name) !== undefined) throw resource.duplicate(name);
    return collection.put(name, value);
  };
  if (isBulk(body, resource)) return sendBulk(call, body, { write, success: 201 });
  write(await resource.parse(body));
  res.status(201).end();
}

/** Replaces whole configurations; what does not exist is not created. */
export async function replaceConfigurations<T>(call: ManagementCall<T>): Promise<void> {
  const { req, res, resource, collection } = call;
  const body = await readJsonBody(req, res);
  const write: Write<T> = ({ name, value }) => {
    if (collection.get(name) === undefined) throw resource.notFound(name);
    return collection.put(name, value);
  };
  if (isBulk(body, resource)) return sendBulk(call, body, { write, success: 200 });
  write(await resource.parse(body));
  res.json({ Count: 1 });
}

/** A fragment that is not there is no error: the service's interface description knows no 404 for it. */
export function deleteOne<T>(call: ManagementCall<T>): void {
  const { req, res, resource, collection } = call;
  const name = nameOf(req);
  if (collection.get(name) === undefined && resource.bulk === undefined) return void res.json({ Count: 0 });
  requireEntry(call);
  const user = resource.findUser?.(name, collection);
  if (user !== undefined)
    throw new ServiceError(
      400,
      `Cannot perform operation on the destination '${name}' because it is used as an assertion provider for destination '${user}'`,
    );
  collection.delete(name);
  res.json({ Count: 1 });
}

export function deleteByFilter<T>({ req, res, resource, collection }: ManagementCall<T>): void {
  const expression = readQuery(req).get('$filter');
  if (expression === undefined)
    throw new ServiceError(400, `Bad Request: deleting needs a $filter, e.g. $filter=Name in ('a', 'b')`);
  const names = [...new Set(parseNameFilter(expression).names)];
  const used = names.filter((name) => {
    const user = resource.findUser?.(name, collection);
    return user !== undefined && !names.includes(user);
  });
  if (used.length > 0) throw new ServiceError(400, `Unable to remove Configurations "[${used.join(', ')}]".`);
  const summary = names.map((name) =>
    collection.delete(name)
      ? { name, status: 'DELETED' }
      : { name, status: 'NOT_FOUND', reason: 'Could not find configuration' },
  );
  res.json({ Count: summary.filter(({ status }) => status === 'DELETED').length, Summary: summary });
}

function isBulk<T>(body: unknown, resource: Resource<T>): body is readonly unknown[] {
  if (!Array.isArray(body) || resource.bulk === undefined) return false;
  if (body.length === 0) throw new ServiceError(400, 'Bad Request: the array is empty');
  return true;
}

async function sendBulk<T>(
  { req, res, resource }: ManagementCall<T>,
  bodies: readonly unknown[],
  { write, success }: { write: Write<T>; success: number },
): Promise<void> {
  const results: JsonObject[] = [];
  for (const body of bodies) {
    try {
      const { name, etag } = write(await resource.parse(body));
      results.push({ name, status: success, etag });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      results.push({ name: readName(body), status: error.status, cause: error.message });
    }
  }
  const failed = results.filter(({ status }) => status !== success).length;
  if (failed > 0) noteRequest(req, `${failed} of ${results.length} failed`);
  res.status(failed > 0 ? 207 : success).json(results);
}

function readName(body: unknown): string {
  return typeof body === 'object' && body !== null && 'Name' in body ? String(body.Name) : '';
}

function requireEntry<T>({ req, resource, collection }: ManagementCall<T>): Entry<T> {
  const name = nameOf(req);
  const entry = collection.get(name);
  if (entry === undefined) throw resource.notFound(name);
  return entry;
}

function nameOf(req: Request): string {
  const { name } = req.params;
  if (typeof name !== 'string') throw new Error('The route has no parameter "name".');
  return name;
}
