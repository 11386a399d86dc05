import type { Request } from 'express';
import { readBoolean, readHeader, readQuery } from './http';
import { ServiceError } from './service-error';

/** What a find asks for, besides the name. */
export interface FindRequest {
  readonly skipCredentials: boolean;
  readonly skipTokenRetrieval: boolean;
  /** Names as in the header, with `@level` where v2 is used. */
  readonly fragments: readonly string[];
  readonly fragmentsOptional: boolean;
  readonly tenant: string | undefined;
  readonly clientAssertion: boolean;
  /** Value of the header X-user-token, which goes before the access token of the request. */
  readonly userToken: string | undefined;
  /** v2 only: whether the owners are to be in the answer. */
  readonly includeOwner: boolean;
}

const assertionHeaders = [
  'x-client-assertion',
  'x-client-assertion-type',
  'x-client-assertion-destination-name',
] as const;

/** @throws {ServiceError} 400 when headers or parameters do not go together. */
export function readFindRequest(req: Request): FindRequest {
  const query = readQuery(req);
  const tenant = readHeader(req, 'x-tenant');
  const userToken = readHeader(req, 'x-user-token');
  if (tenant !== undefined && userToken !== undefined)
    throw new ServiceError(400, 'Bad Request: the headers X-tenant and X-user-token exclude each other');
  if (readHeader(req, 'x-chain-name') !== undefined)
    throw new ServiceError(400, 'Bad Request: this landscape has no destination chains (header X-chain-name)');
  return {
    skipCredentials: readBoolean('$skipCredentials', query.get('$skipCredentials')),
    skipTokenRetrieval: readBoolean('$skipTokenRetrieval', query.get('$skipTokenRetrieval')),
    ...readFragments(req),
    tenant,
    clientAssertion: readClientAssertion(req),
    // An empty one counts as none.
    userToken: userToken === '' ? undefined : userToken,
    includeOwner: readIncludeOwner(query),
  };
}

function readFragments(req: Request): Pick<FindRequest, 'fragments' | 'fragmentsOptional'> {
  const header = readHeader(req, 'x-fragment-name');
  const optional = readHeader(req, 'x-fragment-optional');
  const fragments = (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (fragments.length > 1 && optional !== undefined)
    throw new ServiceError(400, 'Bad Request: X-fragment-optional cannot be sent with several fragments');
  return { fragments, fragmentsOptional: readBoolean('X-fragment-optional', optional) };
}

function readClientAssertion(req: Request): boolean {
  const [assertion, type, destination] = assertionHeaders.map((name) => readHeader(req, name) !== undefined);
  if (destination && (assertion || type))
    throw new ServiceError(
      400,
      'Bad Request: X-client-assertion-destination-name excludes X-client-assertion and X-client-assertion-type',
    );
  return Boolean(assertion || destination);
}

/** The documentation spells the parameter with and without a dollar sign. */
function readIncludeOwner(query: ReadonlyMap<string, string>): boolean {
  const value = query.get('$includeMetadata') ?? query.get('includeMetadata');
  if (value === undefined) return false;
  if (value.split(';').every((item) => item.trim() === 'owner')) return true;
  throw new ServiceError(400, `Bad Request: $includeMetadata can only be owner, it is "${value}"`);
}
