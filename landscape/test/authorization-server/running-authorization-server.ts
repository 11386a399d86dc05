import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request, type Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { decodeJwt, type JWTPayload } from 'jose';
import {
  createAuthorizationServer,
  type AuthorizationServer,
} from '../../src/authorization-server/authorization-server';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import { Journal, type JournalEntry } from '../../src/journal';
import { findPortBase } from '../support/port-base';
import { until } from '../support/until';
import type { TestClientCertificate } from './client-certificates';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface Call {
  /** Without it the port is the one that asks for a certificate where there is one to show, and the other otherwise. */
  readonly url?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>> | string;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly certificate?: Pick<TestClientCertificate, 'cert' | 'key'>;
  readonly agent?: Agent;
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}

export interface RunningAuthorizationServer extends AuthorizationServer {
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
  readonly stateFolder: string;
  readonly portBase: number;
  /** Moves the clock of the landscape. */
  readonly clock: { offsetMs: number };
  call(call: Call): Promise<Answer>;
  /** Registers a client; fails when it is refused. */
  register(metadata: object): Promise<RegisteredClient>;
  /** Asks for a token; `client_id` and `grant_type` are added to the form. */
  fetchToken(clientId: string, call?: Call): Promise<Answer>;
  /** Waits for the journal to say something of a request. */
  expectNote(note: string): Promise<void>;
  close(): Promise<void>;
}

export interface RegisteredClient {
  readonly client_id: string;
  readonly client_secret: string;
  readonly registration_access_token: string;
  readonly registration_client_uri: string;
  readonly metadata: Record<string, unknown>;
}

export interface StartOptions {
  readonly stateFolder?: string;
  readonly resources?: readonly [string, ...string[]];
}

/** Starts a certificate authority and the authorization server on free ports, with a state folder of their own. */
export async function startAuthorizationServer(options: StartOptions = {}): Promise<RunningAuthorizationServer> {
  const stateFolder = options.stateFolder ?? mkdtempSync(join(tmpdir(), 'landscape-as-'));
  const clock = { offsetMs: 0 };
  const now = (): number => Date.now() + clock.offsetMs;
  const portBase = await findPortBase();
  const journal = new Journal();
  const ca = await CertificateAuthority.open({ stateFolder, now });
  const server = await createAuthorizationServer({
    settings: { portBase, stateFolder, now },
    ca,
    journal,
    ...(options.resources && { resources: options.resources }),
  });
  for (const listener of server.listeners) await listener.start();
  const { issuer, certificateUrl } = server.addresses;
  const call = ({ url, ...content }: Call): Promise<Answer> =>
    sendCall({ ...content, ca: ca.rootPem, url: url ?? (content.certificate === undefined ? issuer : certificateUrl) });
  return {
    ...server,
    ca,
    journal,
    stateFolder,
    portBase,
    clock,
    call,
    register: async (metadata) => readClient(await call({ path: '/oauth2/register', json: metadata })),
    fetchToken: (clientId, { form, ...content } = {}) =>
      call({ form: { grant_type: 'client_credentials', client_id: clientId, ...asRecord(form) }, ...content }),
    expectNote: (note) => {
      const hasNote = (entry: JournalEntry): boolean => entry.kind === 'request' && entry.note?.includes(note) === true;
      return until(`the journal says "${note}"`, () => journal.entries('authorization-server').some(hasNote));
    },
    close: async () => {
      for (const listener of server.listeners) await listener.stop();
      if (options.stateFolder === undefined) rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** The claims of the access token in an answer. */
export function claimsOf(answer: Answer): JWTPayload {
  return decodeJwt(String(answer.json['access_token']));
}

export function basic(id: string, secret: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

/** Expects a refusal after RFC 6749 §5.2, with nothing of the server's insides. */
export function expectRefusal(answer: Answer, status: number, error: string, description: RegExp): void {
  expect({ status: answer.status, ...answer.json }).toEqual({
    status,
    error,
    error_description: expect.stringMatching(description) as string,
  });
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'content-type': expect.stringMatching(/^application\/json; ?charset=utf-8$/i) as string,
  });
  expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.[jt]s:/);
}

function asRecord(form: Call['form']): Readonly<Record<string, string>> {
  return typeof form === 'object' ? form : {};
}

function readClient({ status, json, text }: Answer): RegisteredClient {
  if (status !== 201) throw new Error(`The client was not registered: ${status} ${text}`);
  const read = (name: string): string => (typeof json[name] === 'string' ? json[name] : '');
  return {
    client_id: read('client_id'),
    client_secret: read('client_secret'),
    registration_access_token: read('registration_access_token'),
    registration_client_uri: read('registration_client_uri'),
    metadata: json,
  };
}

async function sendCall(call: Call & { readonly url: string; readonly ca: string }): Promise<Answer> {
  const { url, ca, method = 'POST', path = '/oauth2/token', headers, form, json, certificate, ...rest } = call;
  const [type, body] =
    form === undefined
      ? ['application/json', JSON.stringify(json)]
      : ['application/x-www-form-urlencoded', typeof form === 'string' ? form : new URLSearchParams(form).toString()];
  const req = request(new URL(path, url), {
    method,
    ca,
    // Node would verify the server for the name in a Host header.
    servername: 'localhost',
    agent: false,
    ...rest,
    ...certificate,
    headers: { ...(body !== undefined && { 'content-type': type }), ...headers },
  });
  req.end(body);
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const answer = await text(res);
  const isJson = res.headers['content-type']?.includes('json') === true && answer !== '';
  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    text: answer,
    json: isJson ? (JSON.parse(answer) as Record<string, unknown>) : {},
  };
}
