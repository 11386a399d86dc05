import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/broker';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import type { DestinationServiceBehaviour } from '../../src/destination-service/behaviour';
import { createDestinationService, type DestinationService } from '../../src/destination-service/destination-service';
import { Journal } from '../../src/journal';
import { portOf, type LandscapeSettings } from '../../src/settings';
import { createXsuaa, type Xsuaa } from '../../src/xsuaa/xsuaa';
import { findPortBase } from '../support/port-base';
import { until } from '../support/until';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, when it is JSON; its shape is what the test asserts. */
  readonly json: unknown;
}

export interface Call {
  readonly method?: string;
  /** Below `/destination-configuration`. */
  readonly path: string;
  /** Default: a token of the instance that the harness has created; null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
}

export interface RunningDestinationService {
  readonly ca: CertificateAuthority;
  readonly xsuaa: Xsuaa;
  readonly journal: Journal;
  readonly service: DestinationService;
  readonly settings: { readonly portBase: number };
  readonly instanceId: string;
  /** Credentials of a binding of the instance, with a secret. */
  readonly credentials: JsonObject;
  /** Moves the clock of everything. */
  readonly clock: { offsetMs: number };
  call(call: Call): Promise<Answer>;
  /** The journal's note on the newest call. */
  lastNote(): Promise<string | undefined>;
  createInstance(parameters?: JsonObject): Promise<string>;
  bind(instanceId: string, parameters?: JsonObject): Promise<{ id: string; credentials: JsonObject }>;
  fetchToken(credentials: JsonObject, scope?: string): Promise<string>;
  close(): Promise<void>;
}

interface Started {
  readonly settings: LandscapeSettings;
  readonly journal: Journal;
  readonly ca: CertificateAuthority;
  readonly xsuaa: Xsuaa;
  readonly service: DestinationService;
  readonly clock: { offsetMs: number };
  readonly stop: () => Promise<void>;
}

/** Another run of the tests may take a port between its probe and its use: then the next range is tried. */
async function startOnFreePorts(behaviour: Partial<DestinationServiceBehaviour>, attempts = 5): Promise<Started> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'landscape-destination-'));
  const clock = { offsetMs: 0 };
  const settings = { portBase: await findPortBase(), stateFolder, now: () => Date.now() + clock.offsetMs };
  const journal = new Journal();
  const ca = await CertificateAuthority.open(settings);
  const xsuaa = await createXsuaa({ settings, ca, journal });
  const service = await createDestinationService({ settings, ca, journal, xsuaa, behaviour });
  const listeners = [...xsuaa.listeners, ...service.listeners];
  const stop = async (): Promise<void> => {
    for (const listener of listeners) await listener.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  };
  try {
    for (const listener of listeners) await listener.start();
  } catch (error) {
    await stop();
    if (attempts > 1 && String(error).includes('EADDRINUSE')) return startOnFreePorts(behaviour, attempts - 1);
    throw error;
  }
  return { settings, journal, ca, xsuaa, service, clock, stop };
}

/** Starts certificate authority, XSUAA and Destination Service on free ports, with a state folder of their own. */
export async function startDestinationService(
  behaviour: Partial<DestinationServiceBehaviour> = {},
): Promise<RunningDestinationService> {
  const { settings, journal, ca, xsuaa, service, clock, stop } = await startOnFreePorts(behaviour);
  const createInstance = async (parameters: JsonObject = {}): Promise<string> => {
    const instanceId = randomUUID();
    await service.broker.createInstance({ instanceId, instanceName: 'mtlsDestination', plan: 'lite', parameters });
    return instanceId;
  };
  const bind = async (instance: string, parameters: JsonObject = {}) => {
    const id = randomUUID();
    return { id, credentials: await service.broker.bind({ instanceId: instance, bindingId: id, parameters }) };
  };
  const fetchToken = (given: JsonObject, scope?: string) => fetchServiceToken(ca.rootPem, given, scope);

  let calls = 0;
  const requests = () => journal.entries('destination').filter((entry) => entry.kind === 'request');
  const instanceId = await createInstance();
  const { credentials } = await bind(instanceId);
  const ownToken = await fetchToken(credentials);
  return {
    ca,
    xsuaa,
    journal,
    service,
    settings,
    instanceId,
    credentials,
    clock,
    call: (call) => {
      calls += 1;
      return sendCall(portOf(settings, 'destination'), ca.rootPem, { token: ownToken, ...call });
    },
    lastNote: async () => {
      // The journal gets its entry when the response is closed, a moment after the client has it.
      await until('all calls are in the journal', () => requests().length === calls);
      return requests().at(-1)?.note;
    },
    createInstance,
    bind,
    fetchToken,
    close: stop,
  };
}

function sendCall(port: number, ca: string, { method = 'GET', path, token, headers, body }: Call): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return exchange(
    {
      port,
      ca,
      method,
      path: `/destination-configuration${path}`,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token ?? ''}` }),
        ...(text !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    },
    text,
  );
}

async function fetchServiceToken(ca: string, credentials: JsonObject, scope?: string): Promise<string> {
  const { clientid, clientsecret, url, certurl, certificate, key } = credentials as Record<string, string>;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientid ?? '',
    ...(clientsecret !== undefined && { client_secret: clientsecret }),
    ...(scope !== undefined && { scope }),
  });
  const answer = await exchange(
    {
      port: Number(new URL(certurl ?? url ?? '').port),
      ca,
      method: 'POST',
      path: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...(key !== undefined && { key, cert: certificate }),
    },
    form.toString(),
  );
  if (answer.status !== 200) throw new Error(`XSUAA answered ${answer.status}: ${answer.text}`);
  return (answer.json as { access_token: string }).access_token;
}

function exchange(options: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ host: 'localhost', agent: false, ...options }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.once('error', reject);
      res.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = res.headers['content-type']?.includes('json') ?? false;
        const json: unknown = isJson ? JSON.parse(text) : undefined;
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json });
      });
    });
    req.once('error', reject);
    req.end(body);
  });
}
