import type { DestinationEntry } from '../destination/flat-destinations';
import { readDestinations } from '../destination/read-destinations';
import type { CliContext } from '../context';
import { Failure } from '../failure';
import { findOpenFile, joinParts } from '../files/read-credential-files';
import { readEnvironmentInput } from '../files/read-environment';
import { decodeText, readBinaryInput, type BinaryInput } from '../files/read-input';
import type { AskPassword } from '../files/read-password';
import { toFinding, type Finding } from '../findings';
import { findBindings, readBindingCredential, readCredentials, type Credential } from '../pki/read-credential';
import { findServices, nameOf, type NamedCredentials } from '../service-key/bindings';
import { findJsonBlocks } from '../service-key/json-blocks';
import { readCertificateCredentials } from '../service-key/client-credentials';
import { parseSource } from '../watch/watch-source';

export interface SeenBinding {
  /** For messages: the input with the service instance. */
  readonly where: string;
  /** The input, e.g. `backend-env.txt`. */
  readonly source: string;
  readonly binding: NamedCredentials;
}

/** The bindings of an app, as the platform hands them over. */
export interface SeenEnvironment {
  readonly source: string;
  /** Of VCAP_SERVICES without blanks, as the platform writes it. */
  readonly bytes: number;
  /** A file has a limit of its own. */
  readonly isFile: boolean;
}

/** All that was given to look at, read as far as it can be read. */
export interface Evidence {
  readonly bindings: readonly SeenBinding[];
  /** Keystores, certificates and keys, those of bindings among them. */
  readonly credentials: readonly Credential[];
  readonly destinations: readonly DestinationEntry[];
  readonly servers: readonly URL[];
  readonly environments: readonly SeenEnvironment[];
  /** What could not be read. */
  readonly findings: readonly Finding[];
}

type Found = { -readonly [Name in keyof Evidence]: Array<Evidence[Name][number]> };

export interface EvidenceRequest {
  readonly sources: readonly string[];
  /** Whether to look at the bindings of this process. */
  readonly environment: boolean;
  readonly askPassword: AskPassword;
}

/** Reads every source; what one of them is refused for is a finding among the others. */
export async function collectEvidence(context: CliContext, request: EvidenceRequest): Promise<Evidence> {
  const found: Found = { bindings: [], credentials: [], destinations: [], servers: [], environments: [], findings: [] };
  for (const argument of new Set(request.sources)) {
    const source = parseSource(argument);
    if (source.kind === 'server') found.servers.push(source.url);
    else
      await attempt(argument, found, async () =>
        readSource(context, { file: argument, input: await readBinaryInput(context, argument) }, { found, request }),
      );
  }
  if (request.environment)
    await attempt('VCAP_SERVICES', found, async () => {
      const { text, name } = await readEnvironmentInput(context);
      await readText({ text, name, isFile: name !== 'VCAP_SERVICES' }, { found, request });
    });
  const { credentials } = found;
  const whole = credentials.filter(({ binding }) => binding !== undefined);
  return {
    ...found,
    credentials: [...whole, ...joinParts(credentials.filter(({ binding }) => binding === undefined))],
  };
}

interface Reading {
  readonly found: Found;
  readonly request: EvidenceRequest;
}

async function attempt(where: string, { findings }: Found, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    findings.push(toFinding(error, where));
  }
}

async function readSource(
  context: CliContext,
  { file, input }: { readonly file: string; readonly input: BinaryInput },
  reading: Reading,
): Promise<void> {
  const { found, request } = reading;
  const { name } = input;
  const text = decodeText(input.bytes);
  if (findBindings(text).length > 0) return readText({ text, name, isFile: false }, reading);
  if (!text.includes('\0') && !text.includes('BEGIN') && looksLikeDestination(text)) {
    const { entries, findings } = readDestinations(text, name);
    found.destinations.push(...entries);
    found.findings.push(...findings);
    return;
  }
  const credentials = await readCredentials(input, request);
  found.credentials.push(...credentials);
  found.findings.push(...(await findOpenFile(context, file, credentials[0])));
}

/** `Name=`, `Name:` or `"Name":` of a destination, or an MTA descriptor. */
function looksLikeDestination(text: string): boolean {
  return /^[\s{[-]*"?Name"?\s*[=:]|"Name"\s*:|_schema-version|init_data|tokenServiceURL/m.test(text);
}

async function readText(
  { text, name, isFile }: { readonly text: string; readonly name: string; readonly isFile: boolean },
  { found, request }: Reading,
): Promise<void> {
  for (const { value } of findJsonBlocks(text)) {
    const services = findServices(value);
    if (services !== undefined)
      found.environments.push({ source: name, bytes: Buffer.byteLength(JSON.stringify(services)), isFile });
  }
  for (const binding of findBindings(text)) {
    const where = `${name}, ${nameOf(binding)}`;
    found.bindings.push({ where, source: name, binding });
    await attempt(where, found, async () => {
      const { certificate, key } = readCertificateCredentials(binding);
      if (certificate !== undefined || key !== undefined)
        found.credentials.push(await readBindingCredential(binding, { ...request, name: where }));
    });
  }
}
