import type { JsonObject } from '../broker';
import { subaccount } from '../xsuaa/subaccount';
import type { AuthenticationType } from './authentication/authentication-type';
import { authenticationOf } from './authentication/authentication-types';
import type { Certificate } from './certificate';
import type { Destination, Properties } from './destination';
import { createEtag } from './etag';
import type { FindRequest } from './find-request';
import type { Fragment } from './fragment';
import type { Entry, Level, LevelData } from './store';

/** A configuration and where it was found. */
export interface Found<T> {
  readonly data: LevelData;
  readonly entry: Entry<T>;
}

/** A destination with its fragments laid over it and the certificates that go with it, before any token is fetched. */
export interface ResolvedDestination {
  readonly found: Found<Destination>;
  readonly fragments: readonly Found<Fragment>[];
  readonly configuration: Properties;
  readonly authentication: AuthenticationType;
  readonly certificates: readonly Entry<Certificate>[];
  /** Names of certificates that the destination asks for and that do not exist. */
  readonly missingCertificates: readonly string[];
  readonly etag: string;
}

export function resolveDestination(
  found: Found<Destination>,
  fragments: readonly Found<Fragment>[],
  { skipTokenRetrieval }: Pick<FindRequest, 'skipTokenRetrieval'>,
): ResolvedDestination {
  const configuration = mergeFragments(found.entry.value, fragments);
  const authentication = authenticationOf(configuration);
  const names = authentication.certificateNames(configuration);
  const entries = names.map((name) => [name, found.data.certificates.get(name)] as const);
  const wanted = skipTokenRetrieval || !authentication.certificatesReplaceToken;
  return {
    found,
    fragments,
    configuration,
    authentication,
    certificates: wanted ? entries.flatMap(([, entry]) => (entry === undefined ? [] : [entry])) : [],
    missingCertificates: entries.flatMap(([name, entry]) => (entry === undefined ? [name] : [])),
    // The keystore is part of the state even where it is not shown: with another one the token is another.
    etag: createEtag(
      JSON.stringify([ownerOf(found.data.level), configuration]),
      ...entries.map(([, entry]) => entry?.etag ?? ''),
    ),
  };
}

/** Later fragments win over earlier ones, and all over the destination. */
function mergeFragments(destination: Destination, fragments: readonly Found<Fragment>[]): Properties {
  if (fragments.length === 0) return destination;
  const merged = fragments.reduce<Properties>((result, { entry }) => ({ ...result, ...entry.value }), destination);
  return { ...merged, FragmentName: fragments.map(({ entry }) => entry.name).join(',') };
}

/** The answer's `owner`: the instance is null for what belongs to the whole subaccount. */
export function ownerOf(level: Level): { SubaccountId: string; InstanceId: string | null } {
  return { SubaccountId: subaccount.id, InstanceId: level.kind === 'instance' ? level.instanceId : null };
}

/** Leaves out what `$skipCredentials` is to keep away from the caller. */
export function withoutCredentials(configuration: Properties): Properties {
  return Object.fromEntries(Object.entries(configuration).filter(([key]) => !/(password|secret)$/i.test(key)));
}

/** A certificate as finds and the management API show it: `Content` is the base64 of the uploaded bytes, private key included. */
export function renderCertificate({ name, value }: Entry<Certificate>, defaultType?: string): JsonObject {
  const type = value.type ?? defaultType;
  return { Name: name, ...(type !== undefined && { Type: type }), Content: value.content.toString('base64') };
}

/** v2's list of owners: each resource may come from another level. */
export function renderOwners({ found, fragments, certificates }: ResolvedDestination): JsonObject {
  const owner = ownerOf(found.data.level);
  return {
    destinations: [{ Name: found.entry.name, ...owner }],
    certificates: certificates.map(({ name }) => ({ Name: name, ...owner })),
    fragments: fragments.map(({ data, entry }) => ({ FragmentName: entry.name, ...ownerOf(data.level) })),
  };
}
