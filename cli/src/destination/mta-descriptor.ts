import { isRecord } from '../service-key/json-blocks';

/** A part of an MTA descriptor; what it holds is looked at member by member. */
export type Descriptor = Readonly<Record<string, unknown>>;

export function listOf(value: unknown): Descriptor[] {
  return Array.isArray(value) ? value.filter((one) => isRecord(one)) : [];
}

/** The member, where it is an object; else an empty one. */
export function memberOf(value: Descriptor, name: string): Descriptor {
  const member = value[name];
  return isRecord(member) ? member : {};
}

export function nameOf(value: Descriptor): string {
  const name = value['name'] ?? value['Name'];
  return typeof name === 'string' ? name : '(no name)';
}
