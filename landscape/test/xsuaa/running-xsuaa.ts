import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { decodeJwt, type JWTPayload } from 'jose';
import { BrokerError, type JsonObject } from '../../src/broker';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import { Journal } from '../../src/journal';
import { portOf } from '../../src/settings';
import { createXsuaa, type Xsuaa } from '../../src/xsuaa/xsuaa';
import { callHttps, type Answer, type HttpsCall } from '../support/https-call';
import { findPortBase } from '../support/port-base';

export type { Answer } from '../support/https-call';

export interface Call extends HttpsCall {
  readonly port?: 'xsuaa' | 'xsuaaCertificate';
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
  const call = ({ port = 'xsuaa', ...content }: Call) =>
    callHttps({ path: '/oauth/token', ...content, port: portOf({ portBase }, port), ca: ca.rootPem });
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
