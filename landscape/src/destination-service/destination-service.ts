import type { ServiceBroker } from '../broker';
import type { CertificateAuthority } from '../ca/certificate-authority';
import type { Journal } from '../journal';
import { Listener } from '../listener';
import { HOST, portOf, type LandscapeSettings } from '../settings';
import type { Xsuaa } from '../xsuaa/xsuaa';
import { Access } from './access';
import { defaultBehaviour, type DestinationServiceBehaviour } from './behaviour';
import { DestinationBroker } from './broker';
import { createCertificateResource, destinations } from './resource';
import { createRequestListener } from './server';
import { Store } from './store';
import { TokenCache } from './token-cache';

export interface DestinationServiceOptions {
  readonly settings: LandscapeSettings;
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
  readonly xsuaa: Pick<Xsuaa, 'broker' | 'verifyAccessToken'>;
  readonly behaviour?: Partial<DestinationServiceBehaviour>;
}

/** The stand-in for SAP's Destination Service. Nothing that it keeps persists. */
export interface DestinationService {
  readonly broker: ServiceBroker;
  /** Not started yet. */
  readonly listeners: readonly Listener[];
  /** Changes how the running service behaves, to show what the real one does. */
  setBehaviour(change: Partial<DestinationServiceBehaviour>): void;
}

export async function createDestinationService(options: DestinationServiceOptions): Promise<DestinationService> {
  const { settings, ca, journal, xsuaa } = options;
  const { now } = settings;
  let behaviour: DestinationServiceBehaviour = { ...defaultBehaviour, ...options.behaviour };
  const port = portOf(settings, 'destination');
  const store = new Store(now);
  const resources = { destinations, certificates: createCertificateResource(ca, now) };
  const broker = new DestinationBroker({ store, xsuaa: xsuaa.broker, resources, uri: `https://localhost:${port}` });
  const verifyAccessToken = (jwt: string) => xsuaa.verifyAccessToken(jwt);
  const access = new Access({
    verifyAccessToken,
    instanceOfClient: (clientId) => broker.instanceOfClient(clientId),
    identityOrigins: ['localhost', '127.0.0.1'].map((host) => `https://${host}:${portOf(settings, 'identity')}`),
  });
  const services = {
    cache: new TokenCache(now),
    landscapeCa: ca.rootPem,
    now,
    verifyAccessToken,
    behaviour: () => behaviour,
  };
  const { key, certificate } = await ca.issueServer();
  const listener = new Listener({
    service: 'destination',
    host: HOST,
    port,
    journal,
    handler: createRequestListener({ store, access, services, ca, now }),
    tls: { key, cert: certificate },
  });
  return {
    broker,
    listeners: [listener],
    setBehaviour: (change) => {
      behaviour = { ...behaviour, ...change };
    },
  };
}
