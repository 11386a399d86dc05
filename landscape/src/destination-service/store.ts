import type { Certificate } from './certificate';
import type { Destination } from './destination';
import { createEtag } from './etag';
import type { Fragment } from './fragment';

/** Where a configuration lives: seen by every instance of the subaccount, or by one service instance only. */
export type Level = { readonly kind: 'subaccount' } | { readonly kind: 'instance'; readonly instanceId: string };

/** A stored configuration of any kind. */
export interface Entry<T> {
  readonly name: string;
  readonly value: T;
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** The configurations of one kind on one level, in the order of their creation. */
export class Collection<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #now: () => number;
  readonly #describe: (value: T) => string | Uint8Array;

  constructor(now: () => number, describe: (value: T) => string | Uint8Array) {
    this.#now = now;
    this.#describe = describe;
  }

  get(name: string): Entry<T> | undefined {
    return this.#entries.get(name);
  }

  list(): readonly Entry<T>[] {
    return [...this.#entries.values()];
  }

  /** Creates or replaces; the caller decides whether that is allowed. */
  put(name: string, value: T): Entry<T> {
    const entry = { name, value, etag: createEtag(name, this.#describe(value)), modifiedAt: this.#now() };
    this.#entries.set(name, entry);
    return entry;
  }

  delete(name: string): boolean {
    return this.#entries.delete(name);
  }
}

export interface LevelData {
  readonly level: Level;
  readonly destinations: Collection<Destination>;
  readonly certificates: Collection<Certificate>;
  readonly fragments: Collection<Fragment>;
}

/** Everything the service keeps, in memory: one subaccount and the service instances in it. */
export class Store {
  readonly #now: () => number;
  readonly #subaccount: LevelData;
  readonly #instances = new Map<string, LevelData>();

  constructor(now: () => number) {
    this.#now = now;
    this.#subaccount = this.#createLevel({ kind: 'subaccount' });
  }

  get subaccount(): LevelData {
    return this.#subaccount;
  }

  get levels(): readonly LevelData[] {
    return [this.#subaccount, ...this.#instances.values()];
  }

  addInstance(instanceId: string): LevelData {
    const data = this.#createLevel({ kind: 'instance', instanceId });
    this.#instances.set(instanceId, data);
    return data;
  }

  hasInstance(instanceId: string): boolean {
    return this.#instances.has(instanceId);
  }

  /** @throws when there is no such instance: callers are checked before they get here. */
  instance(instanceId: string): LevelData {
    const data = this.#instances.get(instanceId);
    if (data === undefined) throw new Error(`There is no Destination Service instance ${instanceId}.`);
    return data;
  }

  deleteInstance(instanceId: string): void {
    this.#instances.delete(instanceId);
  }

  #createLevel(level: Level): LevelData {
    return {
      level,
      destinations: new Collection(this.#now, (value) => JSON.stringify(value)),
      certificates: new Collection(this.#now, ({ type, content }) =>
        Buffer.concat([Buffer.from(`${type ?? ''}\n`), content]),
      ),
      fragments: new Collection(this.#now, (value) => JSON.stringify(value)),
    };
  }
}
