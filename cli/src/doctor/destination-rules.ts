import type { X509Certificate } from 'node:crypto';
import type { DestinationEntry } from '../destination/flat-destinations';
import { lintDestination } from '../destination/lint/lint-destination';
import { judgeClient, type ExpectedClient } from '../destination/lint/stored-rules';
import { KEYSTORE } from '../destination/property-names';
import { Failure } from '../failure';
import type { Finding } from '../findings';
import { sortCredential } from '../pki/identities';
import type { Credential } from '../pki/read-credential';
import { hasClient, readOAuthClient, readServiceUri } from '../service-key/client-credentials';
import type { Evidence, SeenBinding } from './evidence';

/** Judges the destinations of files by themselves, by the bindings and by the keystores that were given along. */
export function judgeDestinations(evidence: Evidence): Finding[] {
  const clients = listClients(evidence);
  return evidence.destinations.flatMap((entry) => [
    ...lintDestination(entry),
    ...compareWithClients(entry, { clients, keystore: findKeystore(entry, evidence.credentials) }),
  ]);
}

/** The clients that a destination could use: those of XSUAA and IAS, and not the one that reads destinations. */
export function listClients({ bindings, credentials }: Evidence): ExpectedClient[] {
  return bindings.flatMap((seen) => {
    const client = describeClient(seen, credentials);
    return client === undefined ? [] : [client];
  });
}

/** Compares with the client whose id the destination names; else with the only one that there is. */
export function compareWithClients(
  entry: DestinationEntry,
  {
    clients,
    keystore,
  }: { readonly clients: readonly ExpectedClient[]; readonly keystore: X509Certificate | undefined },
): Finding[] {
  const clientId = entry.properties['clientId'];
  if (entry.kind === 'content' || clientId === undefined || clients.length === 0) return [];
  const own = clients.filter((client) => client.clientId === clientId);
  // A binding and a service key of one instance share the client id; the keystore is of one of them.
  const compared = own.length > 0 ? own : clients;
  const all = compared.map((client) => judgeClient(entry, client, keystore));
  const fitting = all.find((findings) => findings.length === 0);
  if (fitting !== undefined) return [];
  if (compared.length === 1 || own.length > 0) return all.toSorted((one, other) => one.length - other.length)[0] ?? [];
  return [
    {
      code: 'client-id-mismatch',
      severity: 'error',
      where: `${entry.where}, clientId`,
      message: `clientId is "${clientId}", which none of the bindings and keys has: ${clients.map((client) => `${client.source} has "${client.clientId}"`).join(', ')}.`,
      remedy: 'Take client id and keystore of the same binding or service key.',
    },
  ];
}

function describeClient(
  { where, binding }: SeenBinding,
  credentials: readonly Credential[],
): ExpectedClient | undefined {
  try {
    if (!hasClient(binding) || readServiceUri(binding) !== undefined) return undefined;
    const { clientId, tokenUrl } = readOAuthClient(binding);
    const credential = credentials.find((one) => one.binding === binding);
    const certificate = credential && sortCredential(credential).identities[0]?.chain[0];
    return { source: where, clientId, tokenUrl, certificate };
  } catch (error) {
    // What is wrong with the binding is a finding of the binding.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** The keystore of this name among the files. */
function findKeystore(entry: DestinationEntry, credentials: readonly Credential[]): X509Certificate | undefined {
  const name = entry.properties[KEYSTORE];
  const credential = credentials.find((one) => one.name === name);
  return credential && sortCredential(credential).identities.find(({ key }) => key !== undefined)?.chain[0];
}
