import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { Failure } from '../failure';
import { isCertificateBlock } from '../pki/certificate';
import { readPemBlocks } from '../pki/pem';
import type { CallSettings } from '../probe/call-settings';
import { describeAnswer } from '../probe/answer-text';
import { createHttpClient, type HttpAnswer, type SendRequest } from './http-client';
import { KEYSTORE } from './property-names';

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
export type Deleted = 'deleted' | 'not found';

/** Results of a call that changes several things, or one whose answer looks like that. */
const bulkSchema = v.array(v.object({ status: v.number(), cause: v.optional(v.string()) }));
const pageSchema = v.array(v.looseObject({ Name: v.string() }));
/** Far more than a subaccount has. */
const PAGE_LIMIT = 100;
const PAGE_SIZE = 100;

/** The REST API of the Destination Service, as far as this tool needs it. */
export class DestinationService {
  readonly #base: string;
  readonly #send: SendRequest;

  constructor({ uri, token, settings }: { uri: string; token: string; settings: CallSettings }) {
    this.#base = `${uri}/destination-configuration/v1`;
    this.#send = createHttpClient({ party: 'Destination Service', token, settings });
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

  /**
   * The certificates of a stored keystore, its own first, read without its private key; undefined where there is no such keystore, empty
   * where they cannot be told, e.g. behind a password.
   */
  async readKeystore(level: Level, name: string): Promise<readonly X509Certificate[] | undefined> {
    const url = `${this.#url(`${level}Certificates`, name)}/publicKeys`;
    const { status, body } = await this.#send({ method: 'GET', url });
    if (status === 404) return undefined;
    const parsed = v.safeParse(publicKeysSchema, body);
    return status === 200 && parsed.success ? parsed.output.flatMap(({ Content }) => readCertificates(Content)) : [];
  }

  /** Names of the destinations on a level, with the keystores that they use. */
  async listDestinations(
    level: Level,
  ): Promise<ReadonlyArray<{ readonly name: string; readonly keystore: string | undefined }>> {
    const found: Array<{ name: string; keystore: string | undefined }> = [];
    for (let page = 1; page <= PAGE_LIMIT; page += 1) {
      const answer = await this.#send({
        method: 'GET',
        url: `${this.#url(`${level}Destinations`)}?$page=${page}&$pageSize=${PAGE_SIZE}`,
      });
      const parsed = v.safeParse(pageSchema, answer.body);
      if (answer.status !== 200 || !parsed.success) throw refusal('listing destinations', answer);
      found.push(
        ...parsed.output.map((one) => ({
          name: one.Name,
          keystore: typeof one[KEYSTORE] === 'string' ? one[KEYSTORE] : undefined,
        })),
      );
      if (parsed.output.length < PAGE_SIZE) break;
    }
    return found;
  }

  /** Names of the keystores on a level. Asks for names only: a list of all would bring their private keys along. */
  async listKeystores(level: Level): Promise<readonly string[]> {
    const answer = await this.#send({ method: 'GET', url: `${this.#url(`${level}Certificates`)}?$select=Name` });
    const parsed = v.safeParse(pageSchema, answer.body);
    if (answer.status !== 200 || !parsed.success) throw refusal('listing keystores', answer);
    return parsed.output.map(({ Name }) => Name);
  }

  async deleteDestination(level: Level, name: string): Promise<Deleted> {
    return this.#delete(this.#url(`${level}Destinations`, name), `deleting destination ${name}`);
  }

  async deleteKeystore(level: Level, name: string): Promise<Deleted> {
    return this.#delete(this.#url(`${level}Certificates`, name), `deleting keystore ${name}`);
  }

  /** Asks for the destination as an application does, with its token. */
  async find(name: string, tokenRetrieval: 'perform' | 'skip' = 'perform'): Promise<FoundDestination> {
    const query = tokenRetrieval === 'skip' ? '?$skipTokenRetrieval=true' : '';
    const answer = await this.#send({ method: 'GET', url: `${this.#url('destinations', name)}${query}` });
    const parsed = v.safeParse(findSchema, answer.body);
    if (answer.status !== 200 || !parsed.success) throw refusal(`finding destination ${name}`, answer);
    return parsed.output;
  }

  /** The API has no "create or replace": POST refuses what exists with 409, PUT (without a name in the path) what does not. */
  async #store(collection: string, body: Readonly<Record<string, string>>, what: string): Promise<Stored> {
    const url = this.#url(collection);
    const created = readResult(await this.#send({ method: 'POST', url, body }));
    if (created.status === 201) return 'created';
    if (created.status !== 409) throw refusal(what, created);
    const replaced = readResult(await this.#send({ method: 'PUT', url, body }));
    if (replaced.status !== 200) throw refusal(what, replaced);
    return 'replaced';
  }

  async #delete(url: string, what: string): Promise<Deleted> {
    const answer = await this.#send({ method: 'DELETE', url });
    if (answer.status === 404) return 'not found';
    if (answer.status !== 200 && answer.status !== 204) throw refusal(what, answer);
    return 'deleted';
  }

  #url(collection: string, name?: string): string {
    return `${this.#base}/${collection}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
  }
}

/** A 207 is a success that can hold refusals: what counts is the status of the one thing that was sent. */
function readResult(answer: HttpAnswer): HttpAnswer {
  const parsed = v.safeParse(bulkSchema, answer.body);
  const [result] = parsed.success ? parsed.output : [];
  return result === undefined ? answer : { status: result.status, body: result.cause };
}

/** `publicKeys` gives PEM, by the API's description base64-encoded, by its example not. */
function readCertificates(content: string): X509Certificate[] {
  const pem = content.includes('-----BEGIN') ? content : Buffer.from(content, 'base64').toString('utf8');
  try {
    const blocks = readPemBlocks(pem, 'stored certificate').filter((block) => isCertificateBlock(block));
    return blocks.map(({ der }) => new X509Certificate(der));
  } catch {
    // That it is damaged is a finding of whoever asks, and no reason to stop.
    return [];
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
