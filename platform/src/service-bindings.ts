import { filterServices } from '@sap/xsenv';
import * as v from 'valibot';
import { ConfigError } from './config-error';

const bindingSchema = v.object({
  label: v.string(),
  name: v.string(),
  plan: v.optional(v.nullable(v.string())),
  tags: v.optional(v.array(v.string()), []),
  credentials: v.record(v.string(), v.unknown()),
});

/** One service binding as Cloud Foundry delivers it; `credentials` is still unchecked. */
export type ServiceBinding = v.InferOutput<typeof bindingSchema>;

/**
 * Reads the bindings of this app from VCAP_SERVICES_FILE_PATH or VCAP_SERVICES (@sap/xsenv: the file wins).
 * @throws {ConfigError} when they cannot be read or an entry has not Cloud Foundry's shape.
 */
export function readServiceBindings(): ServiceBinding[] {
  let found: unknown[];
  try {
    found = filterServices(() => true);
  } catch (error) {
    throw new ConfigError([`The service bindings cannot be read: ${(error as Error).message}`]);
  }
  return found.map((entry) => {
    const parsed = v.safeParse(bindingSchema, entry);
    if (parsed.success) return parsed.output;
    const path = v.getDotPath(parsed.issues[0]) ?? '(entry)';
    throw new ConfigError([`VCAP_SERVICES holds an entry whose "${path}" is wrong: ${parsed.issues[0].message}.`]);
  });
}

export type BindingQuery = { readonly label: string } | { readonly tag: string } | { readonly name: string };

/** The bindings that match; a caller that needs one must treat zero and two as different problems. */
export function findBindings(bindings: readonly ServiceBinding[], query: BindingQuery): ServiceBinding[] {
  return bindings.filter((binding) => {
    if ('label' in query) return binding.label === query.label;
    if ('tag' in query) return binding.tags.includes(query.tag);
    return binding.name === query.name;
  });
}
