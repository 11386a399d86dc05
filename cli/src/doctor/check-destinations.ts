import { levels, type DestinationService, type Level } from '../destination/destination-service';
import type { DestinationEntry } from '../destination/flat-destinations';
import { lintDestination } from '../destination/lint/lint-destination';
import { judgeStored, type ExpectedClient } from '../destination/lint/stored-rules';
import { openService, type ServiceAccess } from '../destination/open-service';
import { KEYSTORE } from '../destination/property-names';
import { readStoredState } from '../destination/read-stored-state';
import { verifyFoundDestination } from '../destination/verify-destination';
import type { Finding } from '../findings';
import { computeThumbprint } from '../pki/certificate';
import type { CallSettings } from '../probe/call-settings';
import { readAudience, readScopes, type Claims } from '../probe/claims';
import { flattenCredentials } from '../service-key/bindings';
import { compareWithClients } from './destination-rules';
import type { SeenBinding } from './evidence';
import { check, type Check } from './live-checks';

export interface DestinationQuestion {
  readonly access: ServiceAccess;
  /** The clients that its destinations could use. */
  readonly clients: readonly ExpectedClient[];
  /** The services that could be meant by a token's audience. */
  readonly bindings: readonly SeenBinding[];
}

interface StoredEntry extends DestinationEntry {
  readonly level: Level;
}

/** Looks at every destination that a service holds, and asks for the tokens of those that have a keystore. */
export async function checkDestinations(question: DestinationQuestion, settings: CallSettings): Promise<Check[]> {
  const checks: Check[] = [];
  let service: DestinationService | undefined;
  const entries: StoredEntry[] = [];
  const opened = await check(`Destination Service ${new URL(question.access.uri).host}`, async () => {
    service = await openService(question.access, settings);
    for (const level of levels) entries.push(...(await readEntries(service, level)));
    return [];
  });
  checks.push(opened);
  // Only those of client credentials give a token to whoever asks; what they prove of a keystore holds for the others.
  const proven = new Set<string>();
  for (const entry of entries.toSorted((one, other) => Number(isOwnToken(other)) - Number(isOwnToken(one))))
    checks.push(
      await check(entry.where, async () =>
        service === undefined ? [] : judgeEntry(entry, { ...question, service, proven, now: settings.now() }),
      ),
    );
  return checks;
}

async function readEntries(service: DestinationService, level: Level): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  for (const { name } of await service.listDestinations(level)) {
    const properties = await service.readDestination(level, name);
    if (properties !== undefined)
      entries.push({ where: `${name} on the ${level}`, level, kind: 'file', properties, findings: [] });
  }
  return entries;
}

function isOwnToken({ properties }: DestinationEntry): boolean {
  return properties['Authentication'] === 'OAuth2ClientCredentials';
}

interface EntryQuestion extends DestinationQuestion {
  readonly service: DestinationService;
  /** Thumbprints of the keystores with which a token was fetched; added to. */
  readonly proven: Set<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

async function judgeEntry(
  entry: StoredEntry,
  { service, clients, bindings, proven, now }: EntryQuestion,
): Promise<Finding[]> {
  const { Name: name = '', [KEYSTORE]: keystore, tokenServiceURL: tokenUrl = '' } = entry.properties;
  const stored = await readStoredState(service, { name, keystore, level: entry.level });
  const [leaf] = stored.keystore ?? [];
  const findings = [
    ...lintDestination(entry),
    ...judgeStored(entry, stored, now),
    ...compareWithClients(entry, { clients, keystore: leaf }),
  ];
  // A find returns the destination of the instance: the other one's token cannot be asked for.
  const isShadowed = entry.level === 'subaccount' && stored.isOnInstance;
  if (leaf === undefined) return findings;
  const thumbprint = computeThumbprint(leaf);
  if (isShadowed || !isOwnToken(entry)) return proven.has(thumbprint) ? findings.map(softenKeystore) : findings;
  const found = await service.find(name);
  const expected = { name, level: entry.level, thumbprint, tokenUrl };
  const { claims, findings: verified } = verifyFoundDestination(found, expected);
  const audience = claims === undefined ? [] : judgeAudience(claims, { entry, bindings });
  const works = claims !== undefined && verified.length === 0;
  if (works) proven.add(thumbprint);
  return [...(works ? findings.map(softenKeystore) : findings), ...verified, ...audience];
}

/** A token that is bound to the keystore proves that it is good: it is of a key that was not among the sources. */
function softenKeystore(finding: Finding): Finding {
  return finding.code === 'keystore-other-certificate' ? { ...finding, severity: 'note' } : finding;
}

/** A backend accepts only tokens that were issued for the instance that it is bound to. */
function judgeAudience(
  claims: Claims,
  { entry, bindings }: { readonly entry: DestinationEntry; readonly bindings: readonly SeenBinding[] },
): Finding[] {
  const services = bindings.flatMap(({ where, binding }) => {
    const { xsappname, clientid } = flattenCredentials(binding.credentials);
    const names = [xsappname, clientid].filter((name): name is string => typeof name === 'string');
    return binding.offering === 'xsuaa' || binding.offering === 'identity' ? [{ where, names }] : [];
  });
  const audience = readAudience(claims);
  const isFor = (name: string): boolean =>
    audience.some((one) => one === name || one.startsWith(`${name}.`)) ||
    readScopes(claims).some((scope) => scope.startsWith(`${name}.`));
  if (services.length === 0 || services.some(({ names }) => names.some(isFor))) return [];
  return [
    {
      code: 'token-audience',
      severity: 'warning',
      where: entry.where,
      message: `Its token is for ${audience.join(', ')}, and none of the apps that were given is bound to that: ${services.map(({ where }) => where).join(', ')}.`,
      remedy:
        'A backend refuses a token for another application: use client and keystore of a key of the instance that the backend is bound to.',
    },
  ];
}
