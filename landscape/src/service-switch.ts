import type { ServiceName } from './journal';
import type { Fault, Listener } from './listener';
import { startListener } from './port-in-use';
import type { Router } from './router/router';

export interface ServiceStatus {
  readonly service: ServiceName;
  readonly state: 'running' | 'stopped';
  readonly ports: readonly number[];
  readonly fault?: Fault;
}

/** One service of the landscape that can be switched off and on and be made to fail. */
export interface ServiceSwitch {
  readonly service: ServiceName;
  start(): Promise<void>;
  stop(): Promise<void>;
  setFault(fault: Fault | undefined): void;
  status(): ServiceStatus;
}

/** A service with a fixed set of ports. */
export function createServiceSwitch(service: ServiceName, listeners: readonly Listener[]): ServiceSwitch {
  let current: Fault | undefined;
  return {
    service,
    start: async () => void (await Promise.all(listeners.map((listener) => startListener(listener, service)))),
    stop: async () => void (await Promise.all(listeners.map((listener) => listener.stop()))),
    setFault: (fault) => {
      current = fault;
      for (const listener of listeners) listener.setFault(fault);
    },
    status: () => describe(service, listeners, current),
  };
}

/** The router, whose ports come and go with the routes; without any route it runs. */
export function createRouterSwitch(router: Router): ServiceSwitch {
  return {
    service: 'router',
    start: () => router.resume(),
    stop: () => router.suspend(),
    setFault: (fault) => router.setFault(fault),
    status: () => ({
      ...describe('router', router.listeners, router.fault),
      state: router.suspended ? 'stopped' : 'running',
    }),
  };
}

function describe(service: ServiceName, listeners: readonly Listener[], fault: Fault | undefined): ServiceStatus {
  return {
    service,
    state: listeners.some((listener) => listener.running) ? 'running' : 'stopped',
    ports: listeners.map((listener) => listener.port),
    ...(fault && { fault }),
  };
}
