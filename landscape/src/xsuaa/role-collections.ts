import type { ApplicationInstance, Instance } from './instance';
import { qualify, referencesTo, resolveReference } from './references';
import type { SecurityDescriptor } from './security-descriptor';

/** What a role collection gives its users at one client. */
export interface RoleCollection {
  /** As tokens hold them. */
  readonly scopes: readonly string[];
  /** Names of attributes, each with the values that the role templates bring along. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

type RoleTemplate = SecurityDescriptor['role-templates'][number];

/**
 * Resolves the role collections of the subaccount, which the applications' descriptors define, for one client: it gets the
 * scopes of its own application, and those that others grant it (`granted-apps`) and it accepts (`foreign-scope-references`).
 */
export function resolveRoleCollections(
  instance: Instance,
  applications: readonly ApplicationInstance[],
): ReadonlyMap<string, RoleCollection> {
  const allowed = new Set(listUserScopes(instance, applications));
  const collections = new Map<string, RoleCollection>();
  for (const application of applications)
    for (const { name, 'role-template-references': references } of application.descriptor['role-collections']) {
      const templates = references.flatMap((reference) => findTemplate(reference, application, applications));
      const { scopes = [], attributes = new Map<string, readonly string[]>() } = collections.get(name) ?? {};
      collections.set(name, {
        scopes: [...scopes, ...templates.flatMap((template) => template.scopes.filter((scope) => allowed.has(scope)))],
        attributes: new Map([...attributes, ...templates.flatMap((template) => template.attributes)]),
      });
    }
  return collections;
}

/** All scopes that the client's users can have there. */
function listUserScopes(instance: Instance, applications: readonly ApplicationInstance[]): string[] {
  if (instance.kind === 'clone') return [];
  const wanted = new Set(instance.descriptor['foreign-scope-references']);
  const toInstance = referencesTo(instance);
  return applications.flatMap((other) =>
    other.descriptor.scopes
      .filter(({ name, 'granted-apps': granted = [] }) => {
        if (other === instance) return true;
        if (!granted.some((application) => toInstance.includes(application))) return false;
        const names = referencesTo(other).map((reference) => name.replace('$XSAPPNAME', () => reference));
        return wanted.has('$ACCEPT_GRANTED_SCOPES') || names.some((candidate) => wanted.has(candidate));
      })
      .map(({ name }) => qualify(name, other)),
  );
}

interface ResolvedTemplate {
  readonly scopes: readonly string[];
  readonly attributes: readonly (readonly [string, readonly string[]])[];
}

function findTemplate(
  reference: string,
  from: ApplicationInstance,
  applications: readonly ApplicationInstance[],
): ResolvedTemplate[] {
  const resolved = resolveReference(reference, from, applications);
  const template = resolved?.application.descriptor['role-templates'].find(({ name }) => name === resolved.name);
  if (resolved === undefined || template === undefined) return [];
  return [
    {
      scopes: template['scope-references'].map((scope) => qualifyReference(scope, resolved.application, applications)),
      attributes: template['attribute-references'].map(readAttribute),
    },
  ];
}

/** A reserved scope, e.g. `uaa.user`, belongs to no application. */
function qualifyReference(
  scope: string,
  from: ApplicationInstance,
  applications: readonly ApplicationInstance[],
): string {
  const resolved = resolveReference(scope, from, applications);
  return resolved === undefined ? scope : `${resolved.application.xsappname}.${resolved.name}`;
}

function readAttribute(reference: RoleTemplate['attribute-references'][number]): readonly [string, readonly string[]] {
  return typeof reference === 'string' ? [reference, []] : [reference.name, reference['default-values'] ?? []];
}
