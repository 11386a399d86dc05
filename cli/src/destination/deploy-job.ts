import { basename, join } from 'node:path';
import type { CliContext } from '../context';
import { Failure, UsageFailure } from '../failure';
import { readCredentialFile } from '../files/read-credential-files';
import { readInput } from '../files/read-input';
import type { ClientIdentity } from '../pki/keystore';
import { requireUsable, type UsableIdentity } from '../pki/usable-identity';
import { readBindings } from '../service-key/bindings';
import { readOAuthClient, type OAuthClient } from '../service-key/client-credentials';
import { selectBinding } from '../service-key/select-binding';
import { readDefinition } from './definition';
import { buildDesiredDestination, type DesiredDestination } from './desired-destination';
import type { Level } from './destination-service';
import type { DestinationEntry } from './flat-destinations';
import { readServiceAccess, type ServiceAccess } from './open-service';
import { KEYSTORE } from './property-names';
import { readDestinations } from './read-destinations';

/** What to deploy and where to, as files. */
export interface DeploySource {
  readonly serviceKey: string;
  readonly destination: string;
  /** One of several destinations in the file. */
  readonly name?: string | undefined;
  readonly keystore?: string | undefined;
  readonly xsuaaKey?: string | undefined;
  readonly url?: string | undefined;
  readonly level?: Level | undefined;
}

/** One destination on one service, ready to be deployed. */
export interface DeployJob {
  readonly access: ServiceAccess;
  readonly desired: DesiredDestination;
  readonly identity: ClientIdentity;
  readonly level: Level;
  readonly notes: readonly string[];
}

/**
 * Reads all files of a deployment, one job for each destination in its file. Nothing is called.
 * @throws {Failure} naming the file and what is wrong in it.
 */
export async function readDeployJobs(context: CliContext, source: DeploySource): Promise<DeployJob[]> {
  if (source.serviceKey === '-' && source.xsuaaKey === '-')
    throw new UsageFailure(
      'input-twice',
      'Standard input can be read once only.',
      'Give one of the two keys as a file.',
    );
  const { text } = await readInput(context, source.destination);
  const { entries } = readDestinations(text, source.destination);
  const chosen =
    source.name === undefined ? entries : entries.filter(({ properties }) => properties['Name'] === source.name);
  if (chosen.length === 0)
    throw new UsageFailure(
      'destination-unknown',
      `${source.destination} has no destination ${source.name ?? ''}.`,
      `It has: ${entries.map(({ properties }) => properties['Name'] ?? '(no name)').join(', ')}.`,
    );
  const access = await readServiceAccess(context, source.serviceKey);
  const xsuaa = source.xsuaaKey === undefined ? undefined : await readXsuaa(context, source.xsuaaKey);
  return Promise.all(chosen.map((entry) => readJob(context, { entry, source, access, xsuaa })));
}

async function readJob(
  context: CliContext,
  {
    entry,
    source,
    access,
    xsuaa,
  }: { entry: DestinationEntry; source: DeploySource; access: ServiceAccess; xsuaa: OAuthClient | undefined },
): Promise<DeployJob> {
  const definition = readDefinition(entry);
  const keystoreFile = source.keystore ?? join('certificate', definition.properties[KEYSTORE] ?? 'keystore.pem');
  const desired = buildDesiredDestination({ definition, keystoreFile: basename(keystoreFile), xsuaa, url: source.url });
  const { identity, mended, findings } = await readKeystoreFile(context, keystoreFile);
  const notes = [...desired.notes, ...mended, ...findings.map(({ message }) => message)];
  return { access, desired, identity, level: entry.level ?? source.level ?? 'subaccount', notes };
}

async function readXsuaa(context: CliContext, file: string): Promise<OAuthClient> {
  const input = await readInput(context, file);
  const client = readOAuthClient(selectBinding(readBindings(input.text), { purpose: 'xsuaa', source: input.name }));
  if (client.authentication.kind === 'certificate') return client;
  throw new Failure(
    'credentials-secret',
    `${input.name} has a client secret, no certificate: its "url" takes none.`,
    'Create the XSUAA key with -c \'{"credential-type":"x509"}\', or use the "cf env" output of the backend.',
  );
}

async function readKeystoreFile(context: CliContext, file: string): Promise<UsableIdentity> {
  if (!/\.(pem|crt|cer|txt)$/i.test(file))
    throw new UsageFailure(
      'keystore-format',
      `${file}: only keystores in PEM can be deployed.`,
      'Convert it: openssl pkcs12 -in keystore.p12 -out keystore.pem -nodes',
    );
  const [credential] = await readCredentialFile(context, file, async () => undefined);
  return requireUsable(credential, context.now());
}
