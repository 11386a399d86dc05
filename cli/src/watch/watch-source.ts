import type { CliContext } from '../context';
import { readEnvironmentInput } from '../files/read-environment';
import { readBinaryInput } from '../files/read-input';
import type { AskPassword } from '../files/read-password';
import type { Finding } from '../findings';
import { findServiceAccess, openService, readServiceAccess, type ServiceAccess } from '../destination/open-service';
import { levels } from '../destination/destination-service';
import { sortCredential } from '../pki/identities';
import { readCredentials } from '../pki/read-credential';
import type { CallSettings } from '../probe/call-settings';
import { fetchServerChain } from '../probe/fetch-server-chain';
import type { FoundChain } from './watched-certificate';

/** Where certificates are looked for. */
export type WatchSource =
  | { readonly kind: 'file'; readonly name: string }
  /** VCAP_SERVICES of this process. */
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'server'; readonly name: string; readonly url: URL }
  /** `key` is a file with its service key; undefined for the binding of this process. */
  | { readonly kind: 'destination-service'; readonly name: string; readonly key: string | undefined };

export interface SourceContent {
  readonly chains: readonly FoundChain[];
  /** What could not be looked at although the rest could. */
  readonly findings: readonly Finding[];
}

export interface WatchTools {
  readonly context: CliContext;
  readonly settings: CallSettings;
  readonly askPassword: AskPassword;
}

/** `host:port`, `[address]:port` or an https address; anything else is a file. */
const SERVER = /^(?:https:\/\/\S+|(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):\d{1,5})$/;

/** Tells a server from a file by the look of the argument. */
export function parseSource(argument: string): WatchSource {
  const address = argument.includes('://') ? argument : `https://${argument}`;
  if (SERVER.test(argument) && URL.canParse(address)) {
    const url = new URL(address);
    return { kind: 'server', name: url.port === '' ? `${url.hostname}:443` : url.host, url };
  }
  return { kind: 'file', name: argument };
}

/** Finds the certificates of a source. @throws {Failure} naming why there are none to see. */
export async function readSource(source: WatchSource, tools: WatchTools): Promise<SourceContent> {
  const { context, askPassword } = tools;
  if (source.kind === 'file') return readInputChains(await readBinaryInput(context, source.name), askPassword);
  if (source.kind === 'server') return readServer(source.url, tools);
  if (source.kind === 'environment') {
    const { text, name } = await readEnvironmentInput(context);
    return readInputChains({ bytes: Buffer.from(text), name }, askPassword);
  }
  const access =
    source.key === undefined
      ? findServiceAccess(await readEnvironmentInput(context))
      : await readServiceAccess(context, source.key);
  return readDestinationService(access, tools.settings);
}

async function readInputChains(
  input: { readonly bytes: Buffer; readonly name: string },
  askPassword: AskPassword,
): Promise<SourceContent> {
  const credentials = await readCredentials(input, { askPassword });
  const chains = credentials.flatMap((credential) => {
    const name = credential.name.slice(input.name.length).replace(/^, /, '');
    return sortChains(credential, name);
  });
  return { chains, findings: [] };
}

/** Identities with what is above them; authorities that stand alone each for itself. */
function sortChains(credential: Parameters<typeof sortCredential>[0], name: string): FoundChain[] {
  const { identities, authorities } = sortCredential(credential);
  return [
    ...identities.map(({ chain }) => ({ name, chain })),
    ...authorities.map((authority): FoundChain => ({ name, chain: [authority] })),
  ];
}

/** Also that of a server which this computer does not trust: its certificate ends all the same. */
async function readServer(url: URL, { settings }: WatchTools): Promise<SourceContent> {
  const { certificates } = await fetchServerChain({
    url,
    timeoutMs: settings.timeoutMs,
    trusted: settings.trusted,
    proxy: settings.proxyFor(url),
    now: settings.now,
  });
  const [own] = sortChains({ certificates, keys: [] }, '');
  return { chains: own === undefined ? [] : [own], findings: [] };
}

/** Reads public parts only: the service hands out private keys with everything else. */
async function readDestinationService(access: ServiceAccess, settings: CallSettings): Promise<SourceContent> {
  const service = await openService(access, settings);
  const chains: FoundChain[] = [];
  const findings: Finding[] = [];
  for (const level of levels)
    for (const name of await service.listKeystores(level)) {
      const certificates = (await service.readKeystore(level, name)) ?? [];
      if (certificates.length === 0) findings.push(unreadable(name, level));
      else chains.push(...sortChains({ certificates, keys: [] }, `${name} (${level})`));
    }
  return { chains, findings };
}

function unreadable(name: string, level: string): Finding {
  return {
    code: 'keystore-unreadable',
    severity: 'note',
    where: `Destination Service, ${name} (${level})`,
    message: 'When its certificate ends cannot be told: the keystore has a password.',
    remedy: 'Watch the file that was uploaded; or upload it as PEM.',
  };
}
