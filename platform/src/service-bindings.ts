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

const NOT_CLOUD_FOUNDRYS = ' Give the JSON object that Cloud Foundry writes, a list of bindings by service label.';

/** There is neither label nor plan nor tags in that layout, and every credential is a text. */
const INSTEAD_OF_BINDING_ROOT =
  ' If they come below SERVICE_BINDING_ROOT (app feature service-binding-k8s), use the app feature ' +
  'file-based-vcap-services in its place.';

/** One service binding as Cloud Foundry delivers it; `credentials` is still unchecked. */
export type ServiceBinding = v.InferOutput<typeof bindingSchema>;

/** The file that Cloud Foundry delivers the bindings in, with the app feature `file-based-vcap-services`. */
export function bindingsFile(env: NodeJS.ProcessEnv): string | undefined {
  return env['VCAP_SERVICES_FILE_PATH'] || undefined;
}

/**
 * Reads the bindings of this app from VCAP_SERVICES_FILE_PATH or VCAP_SERVICES (@sap/xsenv: the file wins).
 * @throws {ConfigError} when they cannot be read or an entry has not Cloud Foundry's shape.
 */
export function readServiceBindings(): ServiceBinding[] {
  let found: unknown[];
  try {
    found = filterServices(() => true);
  } catch (error) {
    throw new ConfigError([`The service bindings cannot be read: ${explainReadFailure(error)}`]);
  }
  return found.map((entry) => {
    const parsed = v.safeParse(bindingSchema, entry);
    if (parsed.success) return parsed.output;
    const path = v.getDotPath(parsed.issues[0]) ?? '(entry)';
    throw new ConfigError([
      `The service bindings hold an entry whose "${path}" is not what Cloud Foundry writes: ` +
        `expected ${parsed.issues[0].expected}.${path === 'label' ? INSTEAD_OF_BINDING_ROOT : ''}`,
    ]);
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

/** The JSON parser's message is left out: it quotes the text around the fault, and that text is full of secrets. */
function explainReadFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // @sap/xsenv throws a VError, whose `cause` is a method (no type says so) and whose message ends with the cause's.
  const cause = typeof error.cause === 'function' ? (error.cause as () => unknown)() : undefined;
  if (cause instanceof Error && cause.name === 'SyntaxError') {
    const message = error.message.replace(`: ${cause.message}`, '');
    return (message.endsWith('.') ? message : `${message}.`) + NOT_CLOUD_FOUNDRYS;
  }
  return error.name === 'TypeError' ? `VCAP_SERVICES has a wrong shape.${NOT_CLOUD_FOUNDRYS}` : error.message;
}
