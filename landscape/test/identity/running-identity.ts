import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/broker';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import { createIdentity, type Identity } from '../../src/identity/identity';
import { Journal, type JournalEntry } from '../../src/journal';
import { portOf } from '../../src/settings';
import { callHttps, type Answer, type HttpsCall } from '../support/https-call';
import { findPortBase } from '../support/port-base';
import { until } from '../support/until';

export { claimsOf, refusalOf } from '../xsuaa/running-xsuaa';
export type { Answer } from '../support/https-call';

export const grant_type = 'client_credentials';
/** The id of the one subaccount. */
export const tenant = '5b1d2c6e-0a53-4a6b-9d7e-3f8c1e2a7b40';

export interface BoundService {
  readonly id: string;
  readonly credentials: Record<string, string>;
}

export interface RunningIdentity extends Identity {
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
  readonly portBase: number;
  readonly url: string;
  /** Moves the clock of the landscape. */
  readonly clock: { offsetMs: number };
  call(call: HttpsCall): Promise<Answer>;
  createInstance(parameters?: JsonObject, name?: string): Promise<string>;
  bind(instanceId: string, parameters?: JsonObject): Promise<BoundService>;
  /** Asks for a token as the credentials of a binding say: with the secret, or over mutual TLS; `more` adds parameters. */
  fetchToken(credentials: Readonly<Record<string, string>>, more?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts a certificate authority and a tenant on free ports, with a state folder of their own. */
export async function startIdentity(): Promise<RunningIdentity> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'landscape-identity-'));
  const clock = { offsetMs: 0 };
  const now = () => Date.now() + clock.offsetMs;
  const portBase = await findPortBase();
  const journal = new Journal();
  const ca = await CertificateAuthority.open({ stateFolder, now });
  const identity = await createIdentity({ settings: { portBase, stateFolder, now }, ca, journal });
  for (const listener of identity.listeners) await listener.start();
  const port = portOf({ portBase }, 'identity');
  const call = (content: HttpsCall) => callHttps({ path: '/oauth2/token', ...content, port, ca: ca.rootPem });
  return {
    ...identity,
    ca,
    journal,
    portBase,
    url: `https://localhost:${port}`,
    clock,
    call,
    createInstance: async (parameters = {}, name = 'clicreIas') => {
      const instanceId = randomUUID();
      await identity.broker.createInstance({ instanceId, instanceName: name, plan: 'application', parameters });
      return instanceId;
    },
    bind: async (instanceId, parameters = {}) => {
      const id = randomUUID();
      const credentials = await identity.broker.bind({ instanceId, bindingId: id, parameters });
      return { id, credentials: credentials as Record<string, string> };
    },
    fetchToken: ({ clientid: client_id = '', clientsecret: client_secret, certificate, key }, more = {}) =>
      call({
        body: { grant_type, client_id, ...(client_secret !== undefined && { client_secret }), ...more },
        ...(certificate !== undefined && key !== undefined && { cert: certificate, key }),
      }),
    close: async () => {
      for (const listener of identity.listeners) await listener.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

/** Expects an error answer with everything that it must have, and nothing of the server's insides. */
export function expectRefusal(answer: Answer, status: number, error: string, description: string | RegExp): void {
  const text = String(answer.json['error_description']);
  expect({ status: answer.status, error: answer.json['error'] }).toEqual({ status, error });
  if (typeof description === 'string') expect(text).toBe(description);
  else expect(text).toMatch(description);
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="SAP Cloud Identity Services"/);
  else expect(answer.headers).not.toHaveProperty('www-authenticate');
  expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:/);
}

/** The journal gets its entry when the connection has let go of the answer, a moment after the client has it. */
export function expectNote({ journal }: RunningIdentity, note: string): Promise<void> {
  const hasNote = (entry: JournalEntry) => entry.kind === 'request' && entry.note?.includes(note) === true;
  return until(`the journal says "${note}"`, () => journal.entries('identity').some(hasNote));
}
