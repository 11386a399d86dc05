import { BrokerError } from '../broker';

const MAX_BINDINGS = 1_000;

/** What a service instance with an OAuth client keeps of its bindings and service keys, by their ids. */
interface BoundInstance {
  readonly id: string;
  readonly bindings: Map<string, unknown>;
}

/** @throws {BrokerError} when the binding exists already, or the instance has as many as it may have. */
export function checkRoom({ bindings }: BoundInstance, bindingId: string): void {
  if (bindings.has(bindingId)) throw new BrokerError(409, `Service binding ${bindingId} exists already`);
  if (bindings.size >= MAX_BINDINGS)
    throw new BrokerError(
      400,
      `The service instance has ${MAX_BINDINGS} bindings and service keys; delete some, more are not allowed`,
    );
}

/** @throws {BrokerError} when the instance has no such binding. */
export function removeBinding({ id, bindings }: BoundInstance, bindingId: string): void {
  if (!bindings.delete(bindingId))
    throw new BrokerError(410, `Service binding ${bindingId} does not exist in instance ${id}`);
}
