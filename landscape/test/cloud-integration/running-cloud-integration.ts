import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { JsonObject } from '../../src/broker';
import { createCloudIntegration, type CloudIntegration } from '../../src/cloud-integration/cloud-integration';
import type { JournalEntry } from '../../src/journal';
import { portOf } from '../../src/settings';
import { callHttps, type Answer, type HttpsCall } from '../support/https-call';
import { until } from '../support/until';
import { startXsuaa, type RunningXsuaa } from '../xsuaa/running-xsuaa';

export { refusalOf } from '../xsuaa/running-xsuaa';

/** The member `oauth` of a service key. */
export interface SenderKey {
  readonly id: string;
  readonly oauth: Readonly<Record<string, string>> & { readonly certificatedetails?: Readonly<Record<string, string>> };
}

export interface ClientKeyPair {
  /** PEM: leaf, intermediate, root. */
  readonly certificate: string;
  readonly key: string;
}

export interface RunningCloudIntegration extends CloudIntegration {
  readonly xsuaa: RunningXsuaa;
  readonly url: string;
  createInstance(parameters?: JsonObject): Promise<string>;
  createKey(instanceId: string, parameters?: JsonObject): Promise<SenderKey>;
  call(call?: HttpsCall): Promise<Answer>;
  /** Calls a flow with a certificate alone. */
  present(client: Pick<ClientKeyPair, 'certificate' | 'key'>, path?: string): Promise<Answer>;
  /** A certificate of the landscape's CA for a key that was made elsewhere. */
  sign(commonName: string, days?: number): Promise<ClientKeyPair>;
  /** What the journal says of the newest call. */
  newestNote(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Starts XSUAA and a Cloud Integration tenant on free ports. */
export async function startCloudIntegration(): Promise<RunningCloudIntegration> {
  const xsuaa = await startXsuaa();
  const { ca, journal, portBase, clock } = xsuaa;
  const now = () => Date.now() + clock.offsetMs;
  const cloudIntegration = await createCloudIntegration({ settings: { portBase, now }, ca, journal, xsuaa });
  for (const listener of cloudIntegration.listeners) await listener.start();
  const port = portOf({ portBase }, 'cloudIntegration');
  let answered = 0;
  const requests = () => journal.entries('cloud-integration').filter(({ kind }) => kind === 'request');
  const call = async (content: HttpsCall = {}): Promise<Answer> => {
    const answer = await callHttps({ method: 'GET', path: '/http/echo', ...content, port, ca: ca.rootPem });
    answered += 1;
    return answer;
  };
  return {
    ...cloudIntegration,
    xsuaa,
    url: `https://localhost:${port}`,
    createInstance: async (parameters = {}) => {
      const instanceId = randomUUID();
      const request = { instanceId, instanceName: instanceId, plan: 'integration-flow', parameters };
      await cloudIntegration.broker.createInstance(request);
      return instanceId;
    },
    createKey: async (instanceId, parameters = {}) => {
      const id = randomUUID();
      const { oauth } = await cloudIntegration.broker.bind({ instanceId, bindingId: id, parameters });
      return { id, oauth: oauth as SenderKey['oauth'] }; // the tests assert on the members they read
    },
    call,
    present: ({ certificate, key }, path = '/http/echo') => call({ cert: certificate, key, path }),
    sign: async (commonName, days = 30) => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const certificate = await ca.signClient({ subject: [{ O: ['Partner'] }, { CN: [commonName] }], publicKey }, days);
      return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
    newestNote: async () => {
      await until('the journal has every call', () => requests().length === answered);
      return noteOf(requests().at(-1));
    },
    close: async () => {
      for (const listener of cloudIntegration.listeners) await listener.stop();
      await xsuaa.close();
    },
  };
}

function noteOf(entry: JournalEntry | undefined): string | undefined {
  return entry?.kind === 'request' ? entry.note : undefined;
}
