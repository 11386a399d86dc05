import type { ServiceBroker } from '../broker';

/** What a service that brings its own OAuth client to each of its instances (e.g. the Destination Service) asks for. */
export interface CloneRequest {
  /** GUID of the instance of the other service; bind, unbind and deleteInstance are called with it afterwards. */
  readonly instanceId: string;
  /** xsappname of the service's own application without its suffix, e.g. `destination-xsappname`. */
  readonly master: string;
  /** Scopes that tokens of client credentials get besides `uaa.resource`. */
  readonly authorities: readonly string[];
}

/**
 * The broker of XSUAA. A clone is an instance like any other to bind, unbind and deleteInstance; `bind` takes XSUAA's flat
 * binding parameters (`{"credential-type": "x509", "x509": {…}}`) and returns credentials without `uri` and `instanceid`.
 */
export interface XsuaaBroker extends ServiceBroker {
  /** @throws {BrokerError} when the instance exists already. */
  createClone(request: CloneRequest): Promise<void>;
}
