import { join } from 'node:path';
import { array, email, nonEmpty, object, optional, pipe, record, string, uuid, type InferOutput } from 'valibot';
import { readStateFile, StateFileError, writeStateFile } from '../ca/state-file';
import type { LandscapeSettings } from '../settings';
import defaultUsers from './default-users.json';
import { isSameText } from './same-text';

const names = optional(array(string()), []);
const schema = object({
  users: array(
    object({
      /** What the user types, and `user_name` of its tokens. */
      name: pipe(string(), nonEmpty()),
      password: pipe(string(), nonEmpty()),
      /** In XSUAA. */
      id: pipe(string(), uuid()),
      /** In the identity service, which all services of SAP know it by. */
      uuid: pipe(string(), uuid()),
      email: pipe(string(), email()),
      givenName: string(),
      familyName: string(),
      roleCollections: names,
      groups: names,
      attributes: optional(record(string(), array(string())), {}),
    }),
  ),
});

type Entry = InferOutput<typeof schema>['users'][number];

/** A person who can log in, without the password. */
export type User = Readonly<Omit<Entry, 'password'>>;

const REMEDY = 'the next start makes it anew, with the users that the landscape comes with.';

/**
 * The users of the landscape: `users.json` in the state folder, written at the first start with users for demonstration,
 * and the reader's to change. Passwords are in it as they are typed: they open nothing but this landscape.
 */
export class UserDirectory {
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(entries: readonly Entry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry]));
  }

  /** @throws {StateFileError} when the file does not hold users, or one name twice. */
  static async open({ stateFolder }: Pick<LandscapeSettings, 'stateFolder'>): Promise<UserDirectory> {
    const file = join(stateFolder, 'users.json');
    const stored = await readStateFile({ file, schema, remedy: REMEDY });
    if (stored === undefined) await writeStateFile(file, `${JSON.stringify(defaultUsers, undefined, 2)}\n`);
    const { users } = stored ?? (defaultUsers satisfies InferOutput<typeof schema>);
    const directory = new UserDirectory(users);
    if (directory.#entries.size < users.length) throw new StateFileError(file, 'names a user twice.', REMEDY);
    return directory;
  }

  /** Names do not differ by case. */
  authenticate(name: string, password: string): User | undefined {
    const entry = this.#entries.get(name.toLowerCase());
    // Compared in any case: how long it takes tells nobody which names exist.
    const isRight = isSameText(password, entry?.password ?? '');
    return isRight && entry !== undefined ? withoutPassword(entry) : undefined;
  }

  find(name: string): User | undefined {
    const entry = this.#entries.get(name.toLowerCase());
    return entry === undefined ? undefined : withoutPassword(entry);
  }

  /** @param id - XSUAA's. */
  findById(id: string): User | undefined {
    const entry = [...this.#entries.values()].find((candidate) => candidate.id === id);
    return entry === undefined ? undefined : withoutPassword(entry);
  }

  /** Names and passwords, for the one who runs the landscape. */
  list(): readonly Pick<Entry, 'name' | 'password' | 'roleCollections'>[] {
    return [...this.#entries.values()];
  }
}

function withoutPassword(entry: Entry): User {
  const { id, uuid, name, email, givenName, familyName, roleCollections, groups, attributes } = entry;
  return { id, uuid, name, email, givenName, familyName, roleCollections, groups, attributes };
}
