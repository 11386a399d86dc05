import { Router, type Request, type Response } from 'express';
import type { Json, JsonObject } from '../broker';
import { noteRequest } from '../listener';
import type { Access, Caller } from './access';
import type { TokenServices } from './authentication/authentication-type';
import type { Destination } from './destination';
import { answerPreconditions } from './etag';
import { readFindRequest, type FindRequest } from './find-request';
import type { Fragment } from './fragment';
import { createErrorHandler } from './http';
import {
  ownerOf,
  renderCertificate,
  renderOwners,
  resolveDestination,
  withoutCredentials,
  type Found,
  type ResolvedDestination,
} from './resolved-destination';
import { ServiceError } from './service-error';
import type { LevelData, Store } from './store';
import { renderFailure, TokenRetrievalError } from './token';

export interface FindOptions {
  readonly store: Store;
  readonly access: Access;
  readonly services: TokenServices;
}

const levels = ['instance', 'subaccount', 'provider_instance', 'provider_subaccount'] as const;
type LevelName = (typeof levels)[number];

/** A name with the level that v2 looks on. */
interface Reference {
  readonly name: string;
  readonly level: LevelName | undefined;
}

/** The calls that make a destination ready for use: v1 ("find") and v2 ("consume"). */
export function createFindRouter(options: FindOptions): Router {
  const { access } = options;
  const router = Router();
  router.get('/v1/destinations/:name', async (req, res) => {
    const caller = await access.requirePermission(req, 'Read');
    // Owners in the metadata are v2's: v1 always has them beside the configuration.
    const request = { ...readFindRequest(req), includeOwner: false };
    const found = findOnAllLevels(options.store, caller, req.params.name);
    const fragments = request.fragments.map((name) => ({ name, data: found.data }));
    const resolved = resolve(found, fragments, request);
    await answer(options, { req, res, caller, request, resolved, body: { owner: ownerOf(found.data.level) } });
  });
  router.get('/v2/destinations/:reference', async (req, res) => {
    const caller = await access.requirePermission(req, 'Read');
    const request = readFindRequest(req);
    const reference = parseReference(req.params.reference);
    const level = reference.level ?? 'instance';
    const found = findOn(dataOf(options.store, caller, level), reference.name);
    const fragments = request.fragments.map(parseReference).map((fragment) => ({
      name: fragment.name,
      data: dataOf(options.store, caller, fragment.level ?? level),
    }));
    const resolved = resolve(found, fragments, request);
    await answer(options, { req, res, caller, request, resolved, body: {} });
  });
  router.use(createErrorHandler((_req, status) => (status === 404 ? 'object' : 'text')));
  return router;
}

/** v1: the first match wins, so that a destination of the instance hides one of the subaccount. */
function findOnAllLevels(store: Store, { instanceId }: Caller, name: string): Found<Destination> {
  const instance = store.instance(instanceId);
  return findOn(instance.destinations.get(name) === undefined ? store.subaccount : instance, name);
}

function findOn(data: LevelData, name: string): Found<Destination> {
  const entry = data.destinations.get(name);
  if (entry === undefined) throw new ServiceError(404, 'Configuration with the specified name was not found');
  return { data, entry };
}

/** With one subaccount, provider and subscriber are the same. */
function dataOf(store: Store, { instanceId }: Caller, level: LevelName): LevelData {
  return level === 'subaccount' || level === 'provider_subaccount' ? store.subaccount : store.instance(instanceId);
}

function parseReference(text: string): Reference {
  const at = text.lastIndexOf('@');
  if (at < 0) return { name: text, level: undefined };
  const level = levels.find((name) => name === text.slice(at + 1));
  if (level === undefined)
    throw new ServiceError(400, `Bad Request: the level in "${text}" is none of ${levels.join(', ')}`);
  return { name: text.slice(0, at), level };
}

function resolve(
  found: Found<Destination>,
  references: readonly { name: string; data: LevelData }[],
  request: FindRequest,
): ResolvedDestination {
  const fragments = references.flatMap(({ name, data }): Found<Fragment>[] => {
    const entry = data.fragments.get(name);
    if (entry !== undefined) return [{ data, entry }];
    if (request.fragmentsOptional) return [];
    throw new ServiceError(404, `The fragment with the specified name '${name}' was not found`);
  });
  return resolveDestination(found, fragments, request);
}

interface Answer {
  readonly req: Request;
  readonly res: Response;
  readonly caller: Caller;
  readonly request: FindRequest;
  readonly resolved: ResolvedDestination;
  /** What comes first in the body. */
  readonly body: JsonObject;
}

async function answer(options: FindOptions, { req, res, caller, request, resolved, body }: Answer): Promise<void> {
  // Before any token is fetched: a client that is up to date costs nothing.
  if (answerPreconditions(req, res, resolved.etag)) return noteRequest(req, 'not modified');
  const { certificates, found, missingCertificates } = resolved;
  const { authTokens, note } = await retrieveTokens(options, { caller, resolved, request });
  noteRequest(
    req,
    [
      `found on ${found.data.level.kind} level`,
      ...(note === undefined ? [] : [note]),
      ...missingCertificates.map((name) => `there is no certificate ${name} on that level`),
    ].join('; '),
  );
  res.json({
    ...body,
    destinationConfiguration: renderConfiguration(resolved, request),
    ...(authTokens !== undefined && { authTokens }),
    ...(certificates.length > 0 && {
      certificates: certificates.map((entry) => renderCertificate(entry, 'CERTIFICATE')),
    }),
  });
}

function renderConfiguration(resolved: ResolvedDestination, request: FindRequest): JsonObject {
  const { configuration } = resolved;
  const shown = request.skipCredentials ? withoutCredentials(configuration) : configuration;
  return request.includeOwner ? { ...shown, $metadata: { owner: renderOwners(resolved) } } : shown;
}

async function retrieveTokens(
  { services }: FindOptions,
  { caller, resolved, request }: Pick<Answer, 'caller' | 'resolved' | 'request'>,
): Promise<{ authTokens?: Json[]; note?: string }> {
  const { authentication, configuration, found } = resolved;
  const { skipTokenRetrieval, tenant, clientAssertion, userToken = caller.jwt } = request;
  if (authentication.retrieveToken === undefined) return {};
  if (skipTokenRetrieval) return { note: 'token retrieval skipped' };
  try {
    const { data } = found;
    const { element, note } = await authentication.retrieveToken({
      configuration,
      data,
      tenant,
      clientAssertion,
      userToken,
      services,
    });
    return { authTokens: [element], note };
  } catch (error) {
    if (!(error instanceof TokenRetrievalError)) throw error;
    return { authTokens: [renderFailure(error)], note: `no token: ${error.message}${hintFor(configuration)}` };
  }
}

/** What the real service does not say; the journal may. */
function hintFor(configuration: ResolvedDestination['configuration']): string {
  const emptySecret = configuration['clientSecret'] === '';
  return emptySecret && configuration['tokenService.KeyStoreLocation']
    ? ' (the destination has an empty clientSecret, which is sent along: remove the property)'
    : '';
}
