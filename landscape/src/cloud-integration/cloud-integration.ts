import { X509Certificate } from 'node:crypto';
import type { CertificateAuthority } from '../ca/certificate-authority';
import { ClientTrust } from '../client-trust';
import type { Journal } from '../journal';
import { Listener } from '../listener';
import { HOST, portOf, type LandscapeSettings } from '../settings';
import { ClientRegistry } from '../token-core/client-registry';
import { xsuaaAddresses } from '../xsuaa/subaccount';
import type { Xsuaa } from '../xsuaa/xsuaa';
import { authenticateSender } from './authenticate-sender';
import { CloudIntegrationBroker } from './broker';
import { Flows } from './flows';
import type { Sender } from './sender';
import { createCloudIntegrationServer } from './server';

export interface CloudIntegrationOptions {
  readonly settings: Pick<LandscapeSettings, 'portBase' | 'now'>;
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
  readonly xsuaa: Pick<Xsuaa, 'broker' | 'verifyAccessToken'>;
}

/** The stand-in for a tenant of SAP Cloud Integration, as far as senders see it. Nothing that it keeps persists. */
export interface CloudIntegration {
  readonly broker: CloudIntegrationBroker;
  /** Load balancer and runtime on one port, not started yet. */
  readonly listeners: readonly Listener[];
  readonly flows: Flows;
  /** The load balancer's list; PEM. */
  readonly trustedRoots: readonly string[];
  /** Makes it a trial tenant, on which client certificates do not work, or a real one again. */
  setTrial(isTrial: boolean): void;
}

/** Creates the tenant with its broker and its port; senders' tokens come from XSUAA. */
export async function createCloudIntegration(options: CloudIntegrationOptions): Promise<CloudIntegration> {
  const { settings, ca, journal, xsuaa } = options;
  const { now } = settings;
  const { url, certUrl } = xsuaaAddresses(settings);
  const port = portOf(settings, 'cloudIntegration');
  const addresses = {
    url: `https://localhost:${port}`,
    tokenUrl: `${url}/oauth/token`,
    certificateTokenUrl: `${certUrl}/oauth/token`,
  };
  const registry = new ClientRegistry<Sender>();
  const flows = new Flows();
  const trustedRoots = [ca.rootPem];
  const trust = new ClientTrust({ roots: trustedRoots.map((pem) => new X509Certificate(pem)), now });
  let isTrial = false;
  const authentication = {
    registry,
    trust,
    now,
    verifyAccessToken: (jwt: string) => xsuaa.verifyAccessToken(jwt),
    isTrial: () => isTrial,
  };
  const { key, certificate } = await ca.issueServer();
  const listener = new Listener({
    service: 'cloud-integration',
    host: HOST,
    port,
    journal,
    tls: { key, cert: certificate, ca: trustedRoots, requestCert: true },
    handler: createCloudIntegrationServer({ flows, authenticate: (req) => authenticateSender(req, authentication) }),
  });
  return {
    broker: new CloudIntegrationBroker({ registry, xsuaa: xsuaa.broker, ca, addresses, now }),
    listeners: [listener],
    flows,
    trustedRoots,
    setTrial: (value) => {
      isTrial = value;
    },
  };
}
