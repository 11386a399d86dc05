import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request, type Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { decodeJwt, type JWTPayload } from 'jose';
import { BrokerError, type JsonObject } from '../../src/broker';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import { Journal } from '../../src/journal';
import { portOf } from '../../src/settings';
import { createXsuaa, type Xsuaa } from '../../src/xsuaa/xsuaa';
import { findPortBase } from '../support/port-base';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface Call {
  readonly port?: 'xsuaa' | 'xsuaaCertificate';
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** An object is sent as a form. */
  readonly body?: Record<string, string> | string;
  readonly key?: string;
  readonly cert?: string;
  readonly agent?: Agent;
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** The claims of the access token in an answer. */
export function claimsOf(answer: Answer): JWTPayload {
  return decodeJwt(answer.json['access_token'] as string);
}

/** The refusal of a broker; fails when the broker did what it was asked for. */
export async function refusalOf(promise: Promise<unknown>): Promise<BrokerError> {
  const outcome = await promise.then(
    () => new Error('The broker refused nothing.'),
    (error: unknown) => error,
  );
  if (outcome instanceof BrokerError) return outcome;
  throw outcome;
}

export interface RunningXsuaa extends Xsuaa {
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
  readonly portBase: number;
  /** Moves the clock of the landscape. */
  readonly clock: { offsetMs: number };
  call(call: Call): Promise<Answer>;
  createInstance(parameters: JsonObject, name?: string): Promise<string>;
  bind(instanceId: string, parameters?: JsonObject): Promise<{ id: string; credentials: Record<string, string> }>;
  /** Asks for a token as the credentials of a binding say: with the secret, or over mutual TLS. */
  fetchToken(credentials: Readonly<Record<string, string>>): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts a certificate authority and XSUAA on free ports, with a state folder of their own. */
export async function startXsuaa(): Promise<RunningXsuaa> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'landscape-xsuaa-'));
  const clock = { offsetMs: 0 };
  const now = () => Date.now() + clock.offsetMs;
  const portBase = await findPortBase();
  const journal = new Journal();
  const ca = await CertificateAuthority.open({ stateFolder, now });
  const xsuaa = await createXsuaa({ settings: { portBase, stateFolder, now }, ca, journal });
  for (const listener of xsuaa.listeners) await listener.start();
  const call = (content: Call) => sendCall({ ...content, ca: ca.rootPem, portBase });
  return {
    ...xsuaa,
    ca,
    journal,
    portBase,
    clock,
    call,
    createInstance: async (parameters, name = 'mtlsXsuaa') => {
      const instanceId = randomUUID();
      await xsuaa.broker.createInstance({ instanceId, instanceName: name, plan: 'application', parameters });
      return instanceId;
    },
    bind: async (instanceId, parameters = {}) => {
      const id = randomUUID();
      const credentials = await xsuaa.broker.bind({ instanceId, bindingId: id, parameters });
      return { id, credentials: credentials as Record<string, string> };
    },
    fetchToken: ({ clientid: client_id = '', clientsecret, certificate, key }) => {
      const body = { grant_type: 'client_credentials', client_id };
      if (clientsecret !== undefined) return call({ body: { ...body, client_secret: clientsecret } });
      return call({ port: 'xsuaaCertificate', body, ...(certificate && key && { cert: certificate, key }) });
    },
    close: async () => {
      for (const listener of xsuaa.listeners) await listener.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

async function sendCall(call: Call & { ca: string; portBase: number }): Promise<Answer> {
  const { port = 'xsuaa', method = 'POST', path = '/oauth/token', headers, body, ca, portBase, ...tls } = call;
  const text = typeof body === 'object' ? new URLSearchParams(body).toString() : body;
  const req = request({
    host: 'localhost',
    port: portOf({ portBase }, port),
    method,
    path,
    ca,
    agent: false,
    ...tls,
    headers: {
      ...(typeof body === 'object' && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
  });
  req.end(text);
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks).toString();
  const isJson = res.headers['content-type']?.includes('json') ?? false;
  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    text: answer,
    json: isJson && answer !== '' ? (JSON.parse(answer) as Record<string, unknown>) : {},
  };
}
