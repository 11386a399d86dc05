import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../../findings';
import { computeThumbprint, formatName } from '../../pki/certificate';
import { judgeEnd, watchChain } from '../../watch/watched-certificate';
import type { Level } from '../destination-service';
import type { DestinationEntry } from '../flat-destinations';
import { KEYSTORE } from '../property-names';
import { shadowed } from '../verify-destination';
import { DestinationUnderLint } from './destination-under-lint';

/** What a Destination Service holds around one destination. */
export interface StoredState {
  readonly level: Level;
  /** Whether there is a destination of the name on the service instance, which a find returns first. */
  readonly isOnInstance: boolean;
  /** Certificates of the keystore on the destination's level; undefined where there is none, empty where they cannot be told. */
  readonly keystore: readonly X509Certificate[] | undefined;
  /** Whether there is a keystore of the name on the other level. */
  readonly isKeystoreElsewhere: boolean;
}

/** The client of the binding or service key that a destination should use. */
export interface ExpectedClient {
  /** The file, for messages. */
  readonly source: string;
  readonly clientId: string;
  readonly tokenUrl: string;
  readonly certificate: X509Certificate | undefined;
}

const RENEW = 'Extract the certificate anew (mtls cert extract) and deploy it: mtls destination deploy.';

/** Judges a destination by what the service holds. */
export function judgeStored(entry: DestinationEntry, stored: StoredState, now: number): Finding[] {
  const destination = new DestinationUnderLint(entry);
  const findings: Finding[] = [];
  if (stored.level === 'subaccount' && stored.isOnInstance) findings.push(shadowed(destination.value('Name') ?? ''));
  const name = destination.value(KEYSTORE);
  if (name === undefined || name === '') return findings;
  if (stored.keystore === undefined) return [...findings, notUploaded(destination, { name, stored })];
  const [leaf] = stored.keystore;
  if (leaf === undefined)
    findings.push(
      destination.note(KEYSTORE, [
        'keystore-unreadable',
        `What is in ${name} cannot be told: it has a password, or is damaged.`,
        'Upload it as PEM to have it checked.',
      ]),
    );
  else findings.push(...judgeKeystoreCertificate(leaf, { where: `${entry.where}, ${name}`, now }));
  return findings;
}

/** Judges the certificate of a keystore by the clock. */
export function judgeKeystoreCertificate(
  leaf: X509Certificate,
  { where, now }: { readonly where: string; readonly now: number },
): Finding[] {
  return judgeEnd(watchChain('', { name: '', chain: [leaf] }, { now, warnDays: undefined }), where);
}

/** Compares a destination with the client that it should use. */
export function judgeClient(
  entry: DestinationEntry,
  client: ExpectedClient,
  keystore: X509Certificate | undefined,
): Finding[] {
  const destination = new DestinationUnderLint(entry);
  const findings: Finding[] = [];
  const clientId = destination.value('clientId');
  if (clientId !== undefined && clientId !== client.clientId)
    findings.push(
      destination.error('clientId', [
        'client-id-mismatch',
        `clientId is "${clientId}", and in ${client.source} it is "${client.clientId}".`,
        'Take client id and keystore of the same binding or service key.',
      ]),
    );
  const tokenUrl = destination.value('tokenServiceURL');
  if (tokenUrl !== undefined && tokenUrl !== client.tokenUrl)
    findings.push(
      destination.error('tokenServiceURL', [
        'token-url-mismatch',
        `tokenServiceURL is ${tokenUrl}, and by ${client.source} it is ${client.tokenUrl}.`,
        'Use the latter.',
      ]),
    );
  if (
    keystore !== undefined &&
    client.certificate !== undefined &&
    computeThumbprint(keystore) !== computeThumbprint(client.certificate)
  )
    findings.push(
      destination.error(KEYSTORE, [
        'keystore-other-certificate',
        `The keystore holds "${formatName(keystore.subject)}" (x5t#S256 ${computeThumbprint(keystore)}), and ${client.source} has another certificate (${computeThumbprint(client.certificate)}): it was renewed, or the two are of different bindings.`,
        RENEW,
      ]),
    );
  return findings;
}

function notUploaded(
  destination: DestinationUnderLint,
  { name, stored: { level, isKeystoreElsewhere } }: { name: string; stored: StoredState },
): Finding {
  return isKeystoreElsewhere
    ? destination.error(KEYSTORE, [
        'keystore-other-level',
        `The keystore ${name} is not on the ${level}, where the destination is, but on the other level.`,
        'Upload it beside the destination: a find looks for it there only.',
      ])
    : destination.error(KEYSTORE, [
        'keystore-not-uploaded',
        `There is no keystore ${name} on the ${level}.`,
        'Upload it under exactly this name, with its extension: mtls destination deploy.',
      ]);
}
