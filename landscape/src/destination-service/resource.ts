import type { JsonObject } from '../broker';
import { asksForGeneration, generateCertificate } from './generated-certificate';
import { parseUpload, type Certificate } from './certificate';
import type { CertificateAuthority } from '../ca/certificate-authority';
import { parseDestination, type Destination } from './destination';
import { parseFragment, type Fragment } from './fragment';
import type { ErrorForm, ErrorFormOf } from './http';
import type { ListAbilities } from './list-query';
import { renderCertificate } from './resolved-destination';
import { RecordedError, ServiceError } from './service-error';
import type { Collection, Entry, LevelData } from './store';

/** What the management API does with one kind of configuration; everything else is the same for all. */
export interface Resource<T> {
  /** Ends the path: `/v1/subaccount` + this. */
  readonly path: string;
  collectionOf(data: LevelData): Collection<T>;
  /** @throws {ServiceError} 400 naming what is wrong. */
  parse(body: unknown): Promise<{ name: string; value: T }>;
  render(entry: Entry<T>): JsonObject;
  notFound(name: string): ServiceError;
  duplicate(name: string): ServiceError;
  /** Why this one may not be deleted; undefined where it may. */
  findUser?(name: string, collection: Collection<T>): string | undefined;
  /** Arrays in POST and PUT, DELETE by filter, and list modes; fragments have none of these. */
  readonly bulk: ListAbilities | undefined;
  readonly errorForm: ErrorFormOf;
}

const textUnlessWriting: ErrorFormOf = ({ method }): ErrorForm =>
  method === 'POST' || method === 'PUT' ? 'object' : 'text';

export const destinations: Resource<Destination> = {
  path: 'Destinations',
  collectionOf: (data) => data.destinations,
  parse: async (body) => {
    const value = parseDestination(body);
    return { name: value.Name, value };
  },
  render: ({ value }) => value,
  notFound: () => new ServiceError(404, 'Configuration with the specified name was not found'),
  duplicate: (name) => new ServiceError(409, `Duplicate key: a destination with the name '${name}' exists already`),
  findUser: findAssertionUser,
  bulk: { filter: 'any', metadata: true },
  errorForm: textUnlessWriting,
};

export const fragments: Resource<Fragment> = {
  path: 'DestinationFragments',
  collectionOf: (data) => data.fragments,
  parse: async (body) => {
    const value = parseFragment(body);
    return { name: value.FragmentName, value };
  },
  render: ({ value }) => value,
  notFound: (name) => new ServiceError(404, `The fragment with the specified name '${name}' was not found`),
  duplicate: (name) => new ServiceError(409, `The fragment with the specified name '${name}' already exists.`),
  bulk: undefined,
  errorForm: (req, status) => ([401, 403].includes(status) ? textUnlessWriting(req, status) : 'object'),
};

export function createCertificateResource(ca: CertificateAuthority, now: () => number): Resource<Certificate> {
  return {
    path: 'Certificates',
    collectionOf: (data) => data.certificates,
    parse: async (body) => (asksForGeneration(body) ? generateCertificate(body, ca, now()) : parseUpload(body)),
    render: (entry) => renderCertificate(entry),
    notFound: () => new RecordedError(404, 'There is no such key pair for this account'),
    duplicate: (name) => new ServiceError(409, `Duplicate key: a certificate with the name '${name}' exists already`),
    bulk: { filter: 'names', metadata: false },
    errorForm: (_req, status) => (status === 409 ? 'json string' : 'text'),
  };
}

/** A destination that fetches assertions for another one cannot go before it. */
function findAssertionUser(name: string, collection: Collection<Destination>): string | undefined {
  return collection
    .list()
    .find(
      ({ name: user, value }) =>
        user !== name && [value['SAMLAssertionProvider'], value['clientAssertion.destinationName']].includes(name),
    )?.name;
}
