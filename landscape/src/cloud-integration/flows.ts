import { DEFAULT_ROLE } from './instance-parameters';

/** An integration flow with an HTTPS sender adapter whose authorization is "User Role". */
export interface Flow {
  /** Below the runtime's address, e.g. `/http/echo`. */
  readonly path: string;
  /** What a sender needs. */
  readonly role: string;
}

/** The flows that are deployed; each answers with what it was sent. */
export class Flows {
  readonly #flows = new Map<string, Flow>([['/http/echo', { path: '/http/echo', role: DEFAULT_ROLE }]]);

  /** A flow that is deployed already gets the new role at once. */
  deploy(flow: Flow): void {
    this.#flows.set(flow.path, flow);
  }

  /** Tells whether there was one. */
  undeploy(path: string): boolean {
    return this.#flows.delete(path);
  }

  find(path: string): Flow | undefined {
    return this.#flows.get(path);
  }

  list(): readonly Flow[] {
    return [...this.#flows.values()];
  }
}
