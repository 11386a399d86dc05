import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { Failure } from '../failure';
import { isCertificateBlock } from '../pki/certificate';
import { readPemBlocks } from '../pki/pem';
import { describeAnswer } from '../probe/answer-text';
import { createHttpClient, type HttpAnswer, type HttpRequest } from './http-client';

export const levels = ['subaccount', 'instance'] as const;
/** Where a destination lives; a find looks on the service instance first, then on the subaccount. */
export type Level = (typeof levels)[number];

const propertiesSchema = v.record(v.string(), v.unknown());
const publicKeysSchema = v.array(v.object({ Content: v.string() }));
const findSchema = v.object({
  owner: v.optional(v.nullable(v.object({ InstanceId: v.optional(v.nullable(v.string())) }))),
  destinationConfiguration: propertiesSchema,
  authTokens: v.optional(
    v.array(v.object({ value: v.optional(v.string(), ''), error: v.optional(v.nullable(v.string())) })),
    [],
  ),
});

/** The answer of a find; a failed token retrieval is an entry of `authTokens` with an `error`. */
export type FoundDestination = v.InferOutput<typeof findSchema>;

export type Stored = 'created' | 'replaced';

/** The REST API of the Destination Service, as far as a deployment needs it. */
export class DestinationService {
  readonly #base: string;
  readonly #send: (request: Omit<HttpRequest, 'headers'>) => Promise<HttpAnswer>;

  constructor({ uri, token, timeoutMs }: { uri: string; token: string; timeoutMs: number }) {
    this.#base = `${uri}/destination-configuration/v1`;
    const send = createHttpClient({ party: 'Destination Service', timeoutMs });
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    this.#send = (request) => send({ ...request, headers });
  }

  /** The destination's properties on this level; undefined where there is none. */
  async readDestination(level: Level, name: string): Promise<Readonly<Record<string, string>> | undefined> {
    const answer = await this.#send({ method: 'GET', url: this.#url(`${level}Destinations`, name) });
    if (answer.status === 404) return undefined;
    const parsed = v.safeParse(propertiesSchema, answer.body);
    if (answer.status !== 200 || !parsed.success) throw refusal(`reading destination ${name}`, answer);
    return Object.fromEntries(Object.entries(parsed.output).map(([key, value]) => [key, toText(value)]));
  }

  async storeDestination(level: Level, properties: Readonly<Record<string, string>>): Promise<Stored> {
    return this.#store(`${level}Destinations`, properties, `storing destination ${properties['Name'] ?? ''}`);
  }

  /** @param pem the keystore's text; the service keeps it base64-encoded once more. */
  async storeKeystore(level: Level, name: string, pem: string): Promise<Stored> {
    const body = { Name: name, Type: 'CERTIFICATE', Content: Buffer.from(pem).toString('base64') };
    return this.#store(`${level}Certificates`, body, `storing keystore ${name}`);
  }

  /** The leaf of a stored keystore, read without its private key; undefined where there is none or it cannot be told. */
  async readKeystoreLeaf(level: Level, name: string): Promise<X509Certificate | undefined> {
    const url = `${this.#url(`${level}Certificates`, name)}/publicKeys`;
    const { status, body } = await this.#send({ method: 'GET', url });
    const parsed = v.safeParse(publicKeysSchema, body);
    const content = parsed.success ? parsed.output[0]?.Content : undefined;
    return status === 200 && content !== undefined ? readLeaf(content) : undefined;
  }

  /** Asks for the destination as an application does, with its token. */
  async find(name: string): Promise<FoundDestination> {
    const answer = await this.#send({ method: 'GET', url: this.#url('destinations', name) });
    const parsed = v.safeParse(findSchema, answer.body);
    if (answer.status !== 200 || !parsed.success) throw refusal(`finding destination ${name}`, answer);
    return parsed.output;
  }

  /** The API has no "create or replace": POST refuses what exists with 409, PUT (without a name in the path) what does not. */
  async #store(collection: string, body: Readonly<Record<string, string>>, what: string): Promise<Stored> {
    const url = this.#url(collection);
    const created = await this.#send({ method: 'POST', url, body });
    if (created.status === 201) return 'created';
    if (created.status !== 409) throw refusal(what, created);
    const replaced = await this.#send({ method: 'PUT', url, body });
    if (replaced.status !== 200) throw refusal(what, replaced);
    return 'replaced';
  }

  #url(collection: string, name?: string): string {
    return `${this.#base}/${collection}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
  }
}

/** `publicKeys` gives PEM, by the API's description base64-encoded, by its example not. */
function readLeaf(content: string): X509Certificate | undefined {
  const pem = content.includes('-----BEGIN') ? content : Buffer.from(content, 'base64').toString('utf8');
  try {
    const block = readPemBlocks(pem, 'stored certificate').find((candidate) => isCertificateBlock(candidate));
    return block && new X509Certificate(block.der);
  } catch {
    // What is stored there is about to be replaced: that it is damaged is no reason to stop.
    return undefined;
  }
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function refusal(what: string, { status, body }: HttpAnswer): Failure {
  const said = describeAnswer(body);
  const remedies = new Map([
    [401, 'The token was not accepted: is this the service key of the instance that "uri" belongs to?'],
    [403, 'The service key may not change destinations: create one for the Destination Service instance itself.'],
    [404, 'Check the names; a destination must exist on one of the two levels.'],
    [429, 'The service limits calls: try again in a minute.'],
  ]);
  return new Failure(
    'destination-service-refused',
    `Destination Service, ${what}: ${status}${said === '' ? '' : ` ${said}`}.`,
    remedies.get(status) ??
      (status >= 500
        ? 'The service has a problem of its own: try again later.'
        : 'Mend what it names and run the command again.'),
  );
}
